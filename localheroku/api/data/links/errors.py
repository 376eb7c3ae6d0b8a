from localheroku.core.errors import NotFoundError, ParamsError


class LinkNotFoundError(NotFoundError):
    message = "Couldn't find that link."


class EssentialLinkError(ParamsError):
    message = "pg:links isn't available for Essential-tier databases."


class LinkError(ParamsError):
    message = "Database {addon} cannot be linked: the local Heroku links no data stores."
