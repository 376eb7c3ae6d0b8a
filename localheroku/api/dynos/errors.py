from localheroku.core.errors import NotFoundError, ParamsError


class DynoNotFoundError(NotFoundError):
    resource = "dyno"
    message = "Couldn't find that dyno."


class NoSlugError(ParamsError):
    message = "App {app} has no slug to run: deploy it first."


class CommandError(ParamsError):
    message = "Command must say what to run, such as `python manage.py migrate`."


class TypeFormError(ParamsError):
    message = "Type must have letters, digits, dashes and underscores only, 128 at most."


class LifetimeError(ParamsError):
    message = "Time to live must be 1 to {most} seconds."
