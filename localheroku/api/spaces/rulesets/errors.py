from localheroku.core.errors import NotFoundError, ParamsError


class RulesetNotFoundError(NotFoundError):
    resource = "ruleset"
    message = "Couldn't find that ruleset."


class ActionError(ParamsError):
    message = "There is no action {action}. Choose one of: {known}."


class ProtocolError(ParamsError):
    message = "There is no protocol {protocol}. Choose one of: {known}."


class PortsError(ParamsError):
    message = "Ports are whole numbers from 0 to {most}, from_port not above to_port."
