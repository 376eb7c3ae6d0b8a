from localheroku.core.errors import ParamsError


class ConfigNameError(ParamsError):
    message = "Config vars of {addon} start with {prefix}_: {name} does not."
