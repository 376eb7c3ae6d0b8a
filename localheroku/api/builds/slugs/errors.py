from localheroku.core.errors import NotFoundError, ParamsError


class SlugNotFoundError(NotFoundError):
    resource = "slug"
    message = "Couldn't find that slug."


class ProcessTypesError(ParamsError):
    message = (
        'Process types must be an object that maps names to commands, such as {{"web": "gunicorn '
        'shop.wsgi"}}; names can only contain letters, digits, dashes and underscores.'
    )


class BlobMissingError(ParamsError):
    message = (
        "Slug {slug} has no archive yet. Upload one to the URL of its blob, then release the slug."
    )


class BlobChecksumError(ParamsError):
    message = (
        "The archive of slug {slug} does not match the checksum that the slug was created with."
    )


class BlobFormError(ParamsError):
    message = "The archive of slug {slug} cannot be used: {reason}."
