from localheroku.core.errors import NotFoundError, ParamsError


class LinkNotFoundError(NotFoundError):
    message = "Couldn't find that link."


class EssentialLinkError(ParamsError):
    message = "pg:links isn't available for Essential-tier databases."


class LinkError(ParamsError):
    message = "Cannot link database {addon}: the local Heroku does not link data stores."
