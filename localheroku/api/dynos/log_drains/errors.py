from localheroku.core.errors import NotFoundError, ParamsError


class DrainNotFoundError(NotFoundError):
    resource = "drain"
    message = "Couldn't find that log drain."


class DrainTakenError(ParamsError):
    message = "Url has already been taken"


class DrainCountError(ParamsError):
    message = "An app can have {most} log drains."


class DrainUrlError(ParamsError):
    message = "Url must start with https://, http://, syslog:// or syslog+tls:// and name a host."


class AddonDrainError(ParamsError):
    message = "Drain belongs to add-on {addon}: it goes when the add-on does."
