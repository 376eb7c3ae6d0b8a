from localheroku.core.errors import NotFoundError, ParamsError


class TokenNotFoundError(NotFoundError):
    resource = "token"
    message = "Couldn't find that token."


class SessionNotFoundError(NotFoundError):
    resource = "session"
    message = "Couldn't find that session."


class GrantNotFoundError(NotFoundError):
    resource = "grant"
    message = "Couldn't find that grant."


class GrantTypeError(ParamsError):
    message = "Unknown grant type {name}. Choose one of: {known}."
