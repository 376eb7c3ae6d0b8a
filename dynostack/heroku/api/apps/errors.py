from dynostack.heroku.errors import NotFoundError, ParamsError


class AppNotFoundError(NotFoundError):
    """https://github.com/heroku/terraform-provider-heroku/issues/126"""

    resource = "app"
    message = "Couldn't find that app."


class NameFormError(ParamsError):
    message = (
        "Name must start with a letter, end with a letter or digit, and can only contain lowercase "
        "letters, digits, and dashes. It is 3 to 30 characters long."
    )


class NameTakenError(ParamsError):
    message = "Name is already taken"


class RegionNotFoundError(ParamsError):
    message = "Couldn't find that region."


class RegionPrivateError(ParamsError):
    message = "Region {region} is for apps in a private space. Choose us or eu."


class StackNotFoundError(ParamsError):
    message = "Couldn't find that stack."


class SpaceNotFoundError(ParamsError):
    message = "Couldn't find that space. The local Heroku has no private spaces."
