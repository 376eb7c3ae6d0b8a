from localheroku.core.errors import NotFoundError, ParamsError


class PromotionNotFoundError(NotFoundError):
    resource = "pipeline_promotion"
    message = "Couldn't find that pipeline promotion."


class NotInPipelineError(ParamsError):
    message = "App {app} is not in pipeline {pipeline}."


class NoTargetsError(ParamsError):
    message = "A promotion needs at least one target app."


class SelfPromotionError(ParamsError):
    message = "Cannot promote from an app to itself: {app}. Specify a different target app."


class NothingToPromoteError(ParamsError):
    message = "App {app} has no release with a slug to promote. Deploy to it first."
