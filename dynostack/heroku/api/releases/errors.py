from dynostack.heroku.errors import NotFoundError, ParamsError


class ReleaseNotFoundError(NotFoundError):
    resource = "release"
    message = "Couldn't find that release."


class SlugNotFoundError(NotFoundError):
    resource = "slug"
    message = "Couldn't find that slug."


class SlugOrReleaseError(ParamsError):
    message = "Require params: either slug, or release to roll back to."
