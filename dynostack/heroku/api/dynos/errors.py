from dynostack.heroku.errors import NotFoundError


class DynoNotFoundError(NotFoundError):
    resource = "dyno"
    message = "Couldn't find that dyno."
