from dynostack.heroku.errors import NotFoundError


class SetupNotFoundError(NotFoundError):
    resource = "app_setup"
    message = "Couldn't find that app setup."
