from localheroku.core.errors import NotFoundError, ParamsError


class DomainNotFoundError(NotFoundError):
    resource = "domain"
    message = "Couldn't find that domain name."


class DomainTakenError(ParamsError):
    message = "Domain {hostname} is already added to an app."


class HostnameFormError(ParamsError):
    message = '"{hostname}" is not a valid domain name for an app. Use one such as www.example.com.'


class OwnDomainError(ParamsError):
    message = "An app's own domain cannot be removed."
