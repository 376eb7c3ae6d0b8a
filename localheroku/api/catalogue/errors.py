from localheroku.core.errors import NotFoundError


class RegionNotFoundError(NotFoundError):
    resource = "region"
    message = "Couldn't find that region."


class StackNotFoundError(NotFoundError):
    resource = "stack"
    message = "Couldn't find that stack."


class DynoSizeNotFoundError(NotFoundError):
    resource = "dyno_size"
    message = "Couldn't find that dyno size."
