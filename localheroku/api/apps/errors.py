from localheroku.core.errors import ForbiddenError, NotFoundError, ParamsError


class AppNotFoundError(NotFoundError):
    """The app does not exist.

    Source: https://github.com/heroku/terraform-provider-heroku/issues/126
    """

    resource = "app"
    message = "Couldn't find that app."


class AppForbiddenError(ForbiddenError):
    """The caller has no access to the app.

    Source: https://github.com/IIC2143/Syllabus-2022-1/issues/69
    """

    message = "You do not have access to the app {app}."


class PermissionNeededError(ForbiddenError):
    """The caller has access to the app but not the necessary permission.

    Source: https://github.com/g5search/devops-access/issues/105
    """

    message = (
        "You do not have permission to {action} {app}. You need to have the {permissions} "
        "permission on this app."
    )


class OwnerNeededError(ForbiddenError):
    """The caller is not the owner of the app.

    Source: https://github.com/heroku/legacy-cli/issues/599
    """

    message = (
        "You do not have permission to {action} {app}. Only the app owner, {owner}, can do that."
    )


class AppNameFormError(ParamsError):
    message = (
        "Name must start with a letter, end with a letter or digit, and can only contain lowercase "
        "letters, digits, and dashes. It is 3 to 30 characters long."
    )


class AppNameTakenError(ParamsError):
    message = "Name is already taken"


class RegionUnknownError(ParamsError):
    message = "Couldn't find that region."


class RegionPrivateError(ParamsError):
    message = "Region {region} is only available to apps in a private space. Choose us or eu."


class StackUnknownError(ParamsError):
    message = "Couldn't find that stack."
