"""Errors of the provider, with messages for the person who runs ``pulumi``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynostack.provider.values import Properties


UNEXPLAINED = "without a reason"
"""The id of an error response that did not come from Heroku."""


class ProviderError(Exception):
    """An error that the user can understand and act on; its message never holds a secret."""

    @property
    def leaves_open(self) -> bool:
        """Whether Heroku may have executed the request in spite of the error."""
        return False


class HerokuError(ProviderError):
    """Heroku rejected a request.

    ``id`` is Heroku's own word for the reason, such as ``not_found`` or ``invalid_params``.
    https://devcenter.heroku.com/articles/platform-api-reference#errors
    """

    def __init__(self, status: int, error_id: str, message: str, request: str) -> None:
        super().__init__(f"{message} (Heroku answered {status} {error_id} to {request})")
        self.status = status
        self.id = error_id
        self.message = message

    @property
    def leaves_open(self) -> bool:
        """Whether the response came from a proxy that timed out, or from a failing server."""
        return self.status >= 500 or self.id == UNEXPLAINED

    @property
    def gone(self) -> bool:
        """Whether the requested object does not exist, or no longer exists.

        Only an error from Heroku counts: a 404 from a proxy or a mistyped address is no reason to
        forget resources.
        """
        return self.status == 404 and self.id == "not_found"

    @property
    def removed(self) -> bool:
        """Whether the object to remove has been removed already."""
        return self.gone or (self.status == 410 and self.id == "gone")


class UnreachableError(ProviderError):
    """The connection failed or broke; ``sent`` if Heroku may have received the request."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent

    @property
    def leaves_open(self) -> bool:
        """Whether the request was sent: the connection may have broken afterwards."""
        return self.sent


class UnusableError(ProviderError):
    """A successful response is not from Heroku's API.

    The message has the status and what is wrong with the body, but nothing of the body itself.
    """

    def __init__(self, request: str, status: int, problem: str) -> None:
        super().__init__(f"cannot use the response to {request} ({status}): {problem}")

    @property
    def leaves_open(self) -> bool:
        """Always true: Heroku may have sent the response after executing the request."""
        return True


class StoppedError(ProviderError):
    """The engine was interrupted while the provider waited."""


class UnfinishedError(ProviderError):
    """A resource was created at Heroku, but a later step of its creation failed.

    The engine keeps ``state`` under ``id`` and completes it with the next update, so nothing
    that costs money is forgotten.
    """

    def __init__(self, state: Properties, cause: ProviderError) -> None:
        super().__init__(str(cause))
        self.id = str(state["id"])
        self.state = state
