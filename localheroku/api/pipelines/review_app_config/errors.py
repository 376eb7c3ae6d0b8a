from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class ConfigNotFoundError(NotFoundError):
    resource = "review_app_config"
    message = "Couldn't find that review app config. Review apps are not enabled for the pipeline."


class EnabledError(ApiError):
    id = "conflict"
    status = 409
    message = "Review apps are already enabled for pipeline {pipeline}."


class RepoFormError(ParamsError):
    message = "There is no repository {repo}. Write its owner and its name, such as acme/shop."


class RepoNeededError(ParamsError):
    message = (
        "Pipeline {pipeline} is not connected to a repository. Tell the local Heroku where it is "
        "with POST /_local/repositories, or name it as repo, such as acme/shop."
    )


class StaleDaysError(ParamsError):
    message = "stale_days is a whole number from {least} to {most}."


class TargetTypeError(ParamsError):
    message = "There is no deploy target of type {type}. Choose one of: {known}."


class TargetNotFoundError(ParamsError):
    message = "Couldn't find that deploy target."
