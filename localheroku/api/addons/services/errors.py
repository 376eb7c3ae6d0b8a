from localheroku.core.errors import NotFoundError


class ServiceNotFoundError(NotFoundError):
    resource = "addon_service"
    message = "Couldn't find that add-on service."


class PlanNotFoundError(NotFoundError):
    resource = "plan"
    message = "Couldn't find that add-on plan."
