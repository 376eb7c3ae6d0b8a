from localheroku.core.errors import NotFoundError, ParamsError


class AllowedServiceNotFoundError(NotFoundError):
    resource = "allowed_addon_service"
    message = "Couldn't find that allowed add-on service."


class NotAllowedError(ParamsError):
    message = (
        "Team {team} does not allow the add-on service {service}. Ask a team admin to allow it."
    )
