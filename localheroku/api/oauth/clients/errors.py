from localheroku.core.errors import NotFoundError, ParamsError


class ClientNotFoundError(NotFoundError):
    resource = "client"
    message = "Couldn't find that OAuth client."


class RedirectError(ParamsError):
    message = "redirect_uri must be an https URL, or an http URL on localhost."
