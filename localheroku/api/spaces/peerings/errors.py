from localheroku.core.errors import NotFoundError, ParamsError


class PeeringNotFoundError(NotFoundError):
    resource = "peering"
    message = "Couldn't find that peering connection."


class NotPendingError(ParamsError):
    message = "Peering connection {pcx_id} is {status}, there is nothing to accept."
