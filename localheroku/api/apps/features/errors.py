from localheroku.core.errors import NotFoundError


class FeatureNotFoundError(NotFoundError):
    resource = "feature"
    message = "Couldn't find that feature."
