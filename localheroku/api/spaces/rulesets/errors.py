from localheroku.core.errors import NotFoundError, ParamsError


class RulesetNotFoundError(NotFoundError):
    resource = "ruleset"
    message = "Couldn't find that ruleset."


class ActionError(ParamsError):
    message = "Unknown action {action}. Choose one of: {known}."


class ProtocolError(ParamsError):
    message = "Unknown protocol {protocol}. Choose one of: {known}."


class PortsError(ParamsError):
    message = (
        "Ports must be whole numbers from 0 to {most}, and from_port must not be above to_port."
    )
