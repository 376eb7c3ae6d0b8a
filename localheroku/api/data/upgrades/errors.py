from localheroku.core.errors import ParamsError


class UpgradeError(ParamsError):
    message = (
        "Database {addon} stays at Postgres {version}: the local Heroku has this version only and "
        "cannot upgrade a database. Run this command on Heroku."
    )


class NoUpgradeError(ParamsError):
    message = "No upgrade of database {addon} is scheduled."
