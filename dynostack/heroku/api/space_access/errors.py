from dynostack.heroku.errors import ParamsError


class SpacePermissionError(ParamsError):
    message = "There is no permission {name} in a space. Choose of: {known}."
