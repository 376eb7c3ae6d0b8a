from localheroku.core.errors import ParamsError


class ConfigVarNameError(ParamsError):
    message = 'Config var "{key}" may only contain letters, digits and underscores.'


class ConfigVarValueError(ParamsError):
    message = "The value of config var {key} must be a string without NUL characters, or null."


class AttachmentValueError(ParamsError):
    message = "Cannot overwrite attachment values {keys}."


class TotalSizeError(ParamsError):
    message = "Config vars cannot exceed {kilobytes}kb total size."
