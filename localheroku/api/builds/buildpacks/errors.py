from localheroku.core.errors import ParamsError


class BuildpackMissingError(ParamsError):
    """The body of the request contains no buildpack.

    The Heroku CLI sends such a request if the registry does not know the name that it looked up:
    https://github.com/heroku/cli/blob/main/src/lib/buildpacks/buildpacks.ts
    """

    message = (
        "Require params: buildpack. The Heroku CLI sends none if the name is not in the buildpack "
        "registry: use a name that `heroku buildpacks:search` lists, or the URL of a repository."
    )


class BuildpackFormError(ParamsError):
    message = (
        'Buildpack "{buildpack}" is neither a name such as heroku/python nor the URL of a '
        "repository."
    )
