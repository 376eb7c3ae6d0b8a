from localheroku.core.errors import NotFoundError, ParamsError


class ProcessTypeNotFoundError(NotFoundError):
    resource = "formation"
    message = "Couldn't find that process type ({type})."


class QuantityError(ParamsError):
    message = "Quantity must be from 0 to {most}."


class ReleaseQuantityError(ParamsError):
    message = "release runs once before each release, so its quantity must be 0."


class SizeLimitError(ParamsError):
    """The process type would have more dynos of the size than Heroku allows.

    https://devcenter.heroku.com/articles/dyno-types#default-scaling-limits
    """

    message = "Cannot update to more than {most} {size} size dynos per process type."


class SizeNotFoundError(ParamsError):
    message = "Couldn't find that dyno size ({size}). Choose one of: {known}."
