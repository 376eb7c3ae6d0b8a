from localheroku.core.errors import ParamsError


class ConfigNameError(ParamsError):
    message = (
        "Config var {name} must start with {prefix}_, as all config vars of add-on {addon} do."
    )
