from dynostack.heroku.errors import NotFoundError, ParamsError


class ReleaseNotFoundError(NotFoundError):
    resource = "release"
    message = "Couldn't find that release."


class SlugOrReleaseError(ParamsError):
    message = "Require params: either slug, or release to roll back to."
