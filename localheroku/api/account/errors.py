from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class UserNotFoundError(NotFoundError):
    resource = "user"
    message = "Couldn't find that user."


class OtherAccountError(ApiError):
    id = "forbidden"
    status = 403
    message = "You do not have access to the account of {email}."


class AppsOwnedError(ParamsError):
    message = "{email} still owns apps: {apps}. Destroy or transfer them first."


class FirstAccountError(ParamsError):
    message = "Cannot delete the account of {email}: the local Heroku was started with it."
