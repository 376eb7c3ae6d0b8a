from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class ConfigNotFoundError(NotFoundError):
    resource = "review_app_config"
    message = "Couldn't find that review app config. Review apps are not enabled for the pipeline."


class EnabledError(ApiError):
    id = "conflict"
    status = 409
    message = "Review apps are already enabled for pipeline {pipeline}."


class RepoFormError(ParamsError):
    message = (
        '"{repo}" is not the name of a repository. Use its owner and its name, such as acme/shop.'
    )


class RepoNeededError(ParamsError):
    message = (
        "Pipeline {pipeline} is not connected to a repository. Connect one with POST "
        "/_local/repositories, or send its name as repo, such as acme/shop."
    )


class StaleDaysError(ParamsError):
    message = "stale_days must be a whole number from {least} to {most}."


class TargetTypeError(ParamsError):
    message = "Unknown type of deploy target {type}. Choose one of: {known}."


class TargetNotFoundError(ParamsError):
    message = "Couldn't find that deploy target."
