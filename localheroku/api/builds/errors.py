from localheroku.core.errors import NotFoundError, ParamsError


class BuildNotFoundError(NotFoundError):
    resource = "build"
    message = "Couldn't find that build."


class SourceUrlError(ParamsError):
    message = "The URL of source_blob must start with http:// or https:// and include a host name."
