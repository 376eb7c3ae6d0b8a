from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class ReviewAppNotFoundError(NotFoundError):
    resource = "review_app"
    message = "Couldn't find that review app."


class BranchTakenError(ApiError):
    id = "conflict"
    status = 409
    message = "A review app already exists for the {branch} branch"


class NotEnabledError(ParamsError):
    message = "Review apps are not enabled for pipeline {pipeline}. Enable them first."


class EnvironmentValueError(ParamsError):
    message = "Each value of environment must be a string."
