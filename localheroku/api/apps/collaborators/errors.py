from localheroku.core.errors import NotFoundError, ParamsError


class CollaboratorNotFoundError(NotFoundError):
    resource = "collaborator"
    message = "Couldn't find that user among the app's collaborators."


class CollaboratorTakenError(ParamsError):
    """The user is already a collaborator.

    Source: https://github.com/heroku/terraform-provider-heroku/pull/318
    """

    message = "User {email} is already a collaborator on app {app}."


class PermissionNameError(ParamsError):
    message = "Unknown permission {name}. Choose one of: {known}."


class OwnerRemovalError(ParamsError):
    message = "The owner of an app cannot be removed from it."
