from localheroku.core.errors import NotFoundError, ParamsError


class SlugNotFoundError(NotFoundError):
    resource = "slug"
    message = "Couldn't find that slug."


class ProcessTypesError(ParamsError):
    message = (
        "Process types are an object of names and commands, such as "
        '{{"web": "gunicorn shop.wsgi"}}; a name has letters, digits, dashes and underscores.'
    )


class BlobMissingError(ParamsError):
    message = "Slug {slug} has no archive yet: upload it to the URL of its blob, then release it."


class BlobChecksumError(ParamsError):
    message = "The archive of slug {slug} does not have the checksum that was announced."


class BlobFormError(ParamsError):
    message = "The archive of slug {slug} cannot be used: {reason}."
