"""What can go wrong, in words for the person who runs ``pulumi``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynostack.provider.values import Properties


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
        """So with an answer of a proxy that did not wait, or of a half-broken Heroku."""
        return self.status >= 500

    @property
    def gone(self) -> bool:
        """Whether the thing asked for does not exist (any more).

        Only Heroku's own word counts: a 404 of a proxy or a mistyped address is no reason to
        forget resources.
        """
        return self.id == "not_found"


class UnreachableError(ProviderError):
    """No connection, or it broke; ``sent`` when Heroku may have had the request by then."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent

    @property
    def leaves_open(self) -> bool:
        """It may have broken on the way back."""
        return self.sent


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
