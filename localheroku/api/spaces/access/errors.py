from localheroku.core.errors import ForbiddenError, ParamsError


class SpacePermissionError(ParamsError):
    message = "Unknown space permission {name}. Choose one of: {known}."


class CreationError(ForbiddenError):
    message = (
        "You do not have permission to create apps in {space}. You need to have the {permission} "
        "permission in this space."
    )
