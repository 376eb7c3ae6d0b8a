from dynostack.heroku.errors import ParamsError


class BuildpackFormError(ParamsError):
    message = (
        'Buildpack "{buildpack}" is neither a name such as heroku/python nor the URL of a '
        "repository."
    )
