from localheroku.core.errors import NotFoundError, ParamsError


class CredentialNotFoundError(NotFoundError):
    message = "Couldn't find that credential."


class NamedCredentialError(ParamsError):
    message = (
        "Cannot create credential {name}: databases of the local Heroku have only the credential "
        "default."
    )


class EssentialCredentialError(ParamsError):
    message = "You can't create a custom credential on Essential-tier databases."


class DefaultCredentialError(ParamsError):
    message = "Default credential cannot be destroyed."
