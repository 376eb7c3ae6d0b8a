from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class DatabaseNotFoundError(NotFoundError):
    message = "Couldn't find that database."


class NotProvisionedError(NotFoundError):
    message = "Database {addon} is not yet provisioned."


class NotFollowingError(ParamsError):
    message = "Database {addon} is not a follower."


class DatabaseFailedError(ApiError):
    id = "database_error"
    status = 503
    message = "Database {addon} failed: {reason}"


class ResetError(ParamsError):
    message = "Cannot reset database {addon}, which keeps its data: {reason}"
