"""What can go wrong, in words for the person who runs ``pulumi``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynostack.provider.values import Properties


UNEXPLAINED = "without a reason"
"""The id of a refusal that Heroku did not send."""


class ProviderError(Exception):
    """Something the person can understand and act on; never holds a secret."""

    @property
    def leaves_open(self) -> bool:
        """Whether what was asked for may have been done all the same."""
        return False


class HerokuError(ProviderError):
    """Heroku refused a request.

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
        """Return True for an answer of a proxy that did not wait, or of a half-broken Heroku."""
        return self.status >= 500 or self.id == UNEXPLAINED

    @property
    def gone(self) -> bool:
        """Whether the thing asked for does not exist (any more).

        Only Heroku's own word counts: a 404 of a proxy or a mistyped address is no reason to
        forget resources.
        """
        return self.status == 404 and self.id == "not_found"

    @property
    def removed(self) -> bool:
        """Whether there is nothing left to remove."""
        return self.gone or (self.status == 410 and self.id == "gone")


class UnreachableError(ProviderError):
    """No connection, or it broke; ``sent`` when Heroku may have had the request by then."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent

    @property
    def leaves_open(self) -> bool:
        """It may have broken on the way back."""
        return self.sent


class UnusableError(ProviderError):
    """An answer with a status of success is not one of Heroku's API.

    The message names the status and what is wrong with the body, but holds nothing of it.
    """

    def __init__(self, request: str, status: int, problem: str) -> None:
        super().__init__(f"Heroku's answer to {request} ({status}) cannot be used: {problem}")

    @property
    def leaves_open(self) -> bool:
        """Return True: a proxy may have sent it, or Heroku after doing what was asked for."""
        return True


class StoppedError(ProviderError):
    """The engine was interrupted while the provider waited."""


class UnfinishedError(ProviderError):
    """A resource exists at Heroku, but making it complete failed.

    The engine keeps ``state`` under ``id`` and finishes it with the next update, so nothing
    that costs money is forgotten.
    """

    def __init__(self, state: Properties, cause: ProviderError) -> None:
        super().__init__(str(cause))
        self.id = str(state["id"])
        self.state = state
