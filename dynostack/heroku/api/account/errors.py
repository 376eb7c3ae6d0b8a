from dynostack.heroku.errors import ApiError, NotFoundError


class UserNotFoundError(NotFoundError):
    resource = "user"
    message = "Couldn't find that user."


class OtherAccountError(ApiError):
    id = "forbidden"
    status = 403
    message = "You do not have access to the account of {email}."
