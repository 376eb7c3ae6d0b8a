from localheroku.core.errors import ParamsError


class OwnerTypeError(ParamsError):
    message = "Unknown type of owner {type}. Choose one of: {known}."


class OwnerNotFoundError(ParamsError):
    message = "Couldn't find that owner."
