from localheroku.core.errors import NotFoundError


class SetupNotFoundError(NotFoundError):
    resource = "app_setup"
    message = "Couldn't find that app setup."
