from localheroku.core.errors import ForbiddenError, NotFoundError, ParamsError


class PipelineNotFoundError(NotFoundError):
    resource = "pipeline"
    message = "Couldn't find that pipeline."


class PipelineForbiddenError(ForbiddenError):
    message = (
        "You do not have permission to {action} the pipeline {pipeline}. You need to {needed}."
    )


class CouplingNotFoundError(NotFoundError):
    resource = "pipeline_coupling"
    message = "Couldn't find that pipeline coupling."


class CouplingTakenError(ParamsError):
    message = "App {app} is already in a pipeline."


class PipelineGenerationError(ParamsError):
    message = "The local Heroku does not support generation {generation}. Choose {known}."


class PipelineNameFormError(ParamsError):
    message = (
        "Name must start with a letter and can only contain lowercase letters, digits, and dashes. "
        "It is 3 to 30 characters long."
    )


class PipelineNameTakenError(ParamsError):
    message = "Name is already taken"


class PipelineOwnerError(ParamsError):
    message = "Couldn't find that owner. A pipeline belongs to the account or to one of its teams."


class StageError(ParamsError):
    message = "Unknown stage {stage}. Choose one of: {known}."


class StageVarsError(ParamsError):
    message = "Only the stages test and review have config vars."
