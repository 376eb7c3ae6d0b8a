from localheroku.core.errors import NotFoundError, ParamsError


class TransferNotFoundError(NotFoundError):
    message = "Couldn't find that backup or transfer."


class BackupNotFoundError(NotFoundError):
    message = "Couldn't find that backup; it may have been deleted."


class UnfinishedError(ParamsError):
    message = "Transfer {name} has not finished successfully, so there is nothing to download."


class FinishedError(ParamsError):
    message = "Transfer {name} has already finished."


class TargetError(ParamsError):
    message = (
        "The target is not database {addon}: the local Heroku can only copy into its own databases."
    )


class SourceError(ParamsError):
    message = "The source is not the URL of a database. Use postgres://user:password@host/name."


class BackupUrlError(ParamsError):
    message = "The URL of the backup must start with http:// or https://."
