from localheroku.core.errors import ParamsError


class OwnerTypeError(ParamsError):
    message = "There is no owner of type {type}. Choose one of: {known}."


class OwnerNotFoundError(ParamsError):
    message = "Couldn't find that owner."
