from localheroku.core.errors import NotFoundError


class ReportNotFoundError(NotFoundError):
    message = "Couldn't find that report."


class NoDatabaseError(NotFoundError):
    message = "App {app} has no database with that URL."
