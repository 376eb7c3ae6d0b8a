from localheroku.core.errors import NotFoundError, ParamsError


class RepositoryNotFoundError(NotFoundError):
    resource = "repo"
    message = (
        "Couldn't find that repo. The pipeline is not connected to a repository: connect one with "
        "POST /_local/repositories."
    )


class BranchNotFoundError(NotFoundError):
    resource = "branch"
    message = "Couldn't find that branch."


class RepositoryPathError(ParamsError):
    message = "{path} is not a git repository on this machine."


class FullNameError(ParamsError):
    message = (
        '"{name}" is not the name of a repository. Use its owner and its name, such as acme/shop.'
    )
