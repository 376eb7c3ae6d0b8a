from localheroku.core.errors import NotFoundError, ParamsError


class ReleaseNotFoundError(NotFoundError):
    resource = "release"
    message = "Couldn't find that release."


class SluglessReleaseError(ParamsError):
    message = "Cannot roll back to v{version}: it has no slug."


class UnsuccessfulReleaseError(ParamsError):
    message = "Cannot roll back to v{version}: its status is {status}, not succeeded."


class SlugOrReleaseError(ParamsError):
    message = "Require params: either slug, or release to roll back to."
