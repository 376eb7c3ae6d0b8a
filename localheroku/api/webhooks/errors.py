from localheroku.core.errors import NotFoundError, ParamsError


class WebhookNotFoundError(NotFoundError):
    resource = "webhook"
    message = "Couldn't find that webhook."


class DeliveryNotFoundError(NotFoundError):
    resource = "webhook_delivery"
    message = "Couldn't find that webhook delivery."


class EventNotFoundError(NotFoundError):
    resource = "webhook_event"
    message = "Couldn't find that webhook event."


class IncludeError(ParamsError):
    message = "Include must contain one or more of: {known}."


class LevelError(ParamsError):
    message = "Level must be notify or sync."


class WebhookUrlError(ParamsError):
    message = "Url must start with https:// or http:// and include a host name."


class HeaderError(ParamsError):
    message = "Param {name} is sent as a header, so it can only contain printable ASCII characters."


class WebhookCountError(ParamsError):
    message = "An app, add-on or pipeline can have at most {most} webhooks."
