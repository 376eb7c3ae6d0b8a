from localheroku.core.errors import NotFoundError, ParamsError


class CredentialNotFoundError(NotFoundError):
    message = "Couldn't find that credential."


class NamedCredentialError(ParamsError):
    message = (
        "Credential {name} cannot be created: a database of the local Heroku has the credential "
        "default only."
    )


class EssentialCredentialError(ParamsError):
    message = "You can't create a custom credential on Essential-tier databases."


class DefaultCredentialError(ParamsError):
    message = "Default credential cannot be destroyed."
