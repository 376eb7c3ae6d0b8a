from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class AttachmentNotFoundError(NotFoundError):
    resource = "add_on attachment"
    message = "Couldn't find that add on attachment."


class AmbiguousAttachmentError(ParamsError):
    id = "multiple_matches"
    message = "Several attachments are named {name}. Specify the app as well."


class AttachmentNameFormError(ParamsError):
    message = (
        "Attachment name must start with an uppercase letter and can only contain uppercase "
        "letters, digits and underscores."
    )


class NamespaceError(ParamsError):
    message = (
        "Couldn't find {namespace} for this add-on. The local Heroku supports only "
        "credential:default."
    )


class LastAttachmentError(ParamsError):
    message = "Cannot destroy last attachment to billing app {app} of add-on {addon}."


class ConfirmationRequiredError(ApiError):
    id = "confirmation_required"
    status = 423
    message = (
        "Attaching {name} to app {app} would replace the add-on that is attached under this name. "
        "To continue, send `confirm` with the name of the app."
    )

    def __init__(self, *, app: str, name: str) -> None:
        super().__init__(app=app, name=name)
        self._app = app

    def headers(self) -> dict[str, str]:
        return {"X-Confirmation-Required": self._app}
