from localheroku.core.errors import NotFoundError, ParamsError


class DynoNotFoundError(NotFoundError):
    resource = "dyno"
    message = "Couldn't find that dyno."


class NoSlugError(ParamsError):
    message = "App {app} has no slug to run: deploy it first."


class CommandError(ParamsError):
    message = (
        "Command must not be empty or contain NUL characters. Send one such as `python manage.py "
        "migrate`."
    )


class TypeFormError(ParamsError):
    message = (
        "Type can only contain letters, digits, dashes and underscores. It is at most 128 "
        "characters long."
    )


class LifetimeError(ParamsError):
    message = "Time to live must be from 1 to {most} seconds."
