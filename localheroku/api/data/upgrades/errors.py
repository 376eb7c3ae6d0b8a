from localheroku.core.errors import ParamsError


class UpgradeError(ParamsError):
    message = (
        "Cannot upgrade database {addon} from Postgres {version}: the local Heroku has only this "
        "version. Run this command on Heroku."
    )


class NoUpgradeError(ParamsError):
    message = "No upgrade of database {addon} is scheduled."
