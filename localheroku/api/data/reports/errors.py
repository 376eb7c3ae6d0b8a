from localheroku.core.errors import NotFoundError


class ReportNotFoundError(NotFoundError):
    message = "Couldn't find that report."


class NoDatabaseError(NotFoundError):
    message = "The URL is that of no database of app {app}."
