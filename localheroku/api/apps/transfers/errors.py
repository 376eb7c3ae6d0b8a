from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class AppTransferNotFoundError(NotFoundError):
    resource = "app_transfer"
    message = "Couldn't find that app transfer."


class OwnRecipientError(ParamsError):
    message = "App {app} already belongs to {owner}."


class PendingTransferError(ParamsError):
    message = "App {app} already has a pending transfer."


class TeamAppError(ParamsError):
    message = (
        "App {app} belongs to a team. Transfer it with `PATCH /teams/apps/{app}` and its new owner."
    )


class TransferStateError(ParamsError):
    message = "State must be accepted or declined."


class TransferDecidedError(ParamsError):
    message = "The transfer was already {state}."


class RecipientError(ApiError):
    id = "forbidden"
    status = 403
    message = "Only {recipient} can accept or decline this transfer."
