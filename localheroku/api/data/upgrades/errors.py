from localheroku.core.errors import ParamsError


class UpgradeError(ParamsError):
    message = (
        "Cannot upgrade database {addon} from Postgres {version}: the local Heroku upgrades no "
        "database in place. Run `dynostack postgres move STACK`, which copies it to a new one."
    )


class NoUpgradeError(ParamsError):
    message = "No upgrade of database {addon} is scheduled."
