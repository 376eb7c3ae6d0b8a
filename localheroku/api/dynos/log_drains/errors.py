from localheroku.core.errors import NotFoundError, ParamsError


class DrainNotFoundError(NotFoundError):
    resource = "drain"
    message = "Couldn't find that log drain."


class DrainTakenError(ParamsError):
    message = "Url has already been taken"


class DrainCountError(ParamsError):
    message = "An app can have at most {most} log drains."


class DrainUrlError(ParamsError):
    message = (
        "Url must start with https://, http://, syslog:// or syslog+tls:// and include a host name."
    )


class AddonDrainError(ParamsError):
    message = "Drain belongs to add-on {addon}: remove the add-on to remove it."
