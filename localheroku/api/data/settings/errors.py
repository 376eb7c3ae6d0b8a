from localheroku.core.errors import ParamsError


class EssentialSettingError(ParamsError):
    message = "You can't perform this operation on Essential-tier databases."


class SettingValueError(ParamsError):
    message = "Setting {name} cannot be {value}: {known}."
