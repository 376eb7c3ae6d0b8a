from localheroku.core.errors import NotFoundError, ParamsError


class AuthorizationNotFoundError(NotFoundError):
    resource = "authorization"
    message = "Couldn't find that authorization."


class ScopeError(ParamsError):
    message = "Unknown scope {name}. Choose one of: {known}."
