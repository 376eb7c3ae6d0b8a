from localheroku.core.errors import NotFoundError, ParamsError


class AuthorizationNotFoundError(NotFoundError):
    resource = "authorization"
    message = "Couldn't find that authorization."


class ScopeError(ParamsError):
    message = "There is no scope {name}. Choose of: {known}."
