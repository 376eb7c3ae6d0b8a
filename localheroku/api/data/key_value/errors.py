from localheroku.core.errors import ParamsError


class StoreSettingError(ParamsError):
    message = "Setting {name} cannot be {value}: {known}."
