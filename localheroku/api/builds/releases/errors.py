from localheroku.core.errors import NotFoundError, ParamsError


class ReleaseNotFoundError(NotFoundError):
    resource = "release"
    message = "Couldn't find that release."


class SluglessReleaseError(ParamsError):
    message = "v{version} has no slug, so there is nothing to roll back to."


class UnsuccessfulReleaseError(ParamsError):
    message = "v{version} is not succeeded but {status}, so it cannot be rolled back to."


class SlugOrReleaseError(ParamsError):
    message = "Require params: either slug, or release to roll back to."
