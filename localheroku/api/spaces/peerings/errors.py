from localheroku.core.errors import NotFoundError, ParamsError


class PeeringNotFoundError(NotFoundError):
    resource = "peering"
    message = "Couldn't find that peering connection."


class NotPendingError(ParamsError):
    message = "Cannot accept peering connection {pcx_id}: its status is {status}."
