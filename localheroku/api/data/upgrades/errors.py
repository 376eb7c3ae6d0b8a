from localheroku.core.errors import ParamsError


class UpgradeError(ParamsError):
    message = (
        "Cannot upgrade database {addon} from Postgres {version}: the local Heroku does not "
        "upgrade databases in place. Run `dynostack postgres move STACK` to copy it to a new "
        "database."
    )


class NoUpgradeError(ParamsError):
    message = "No upgrade of database {addon} is scheduled."
