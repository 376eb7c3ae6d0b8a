"""The session of a configured provider, which resources use to call Heroku."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from dynostack.provider.api import Api, Backoff, stoppable_pause
from dynostack.provider.errors import ProviderError
from dynostack.provider.privacy import Discretion

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynostack.provider.settings import Settings

# The published provider's: at once, then 100 ms, doubling up to 10 s.
_FIRST_POLL = 0.1
_SLOWEST_POLL = 10.0


# The resource that the current request is about; progress is reported for it.
current_urn: ContextVar[str] = ContextVar("current_urn", default="")


class Progress(Protocol):
    """A function that reports the progress of a resource to the user."""

    async def __call__(self, urn: str, message: str) -> None: ...


async def silence(urn: str, message: str) -> None:
    """Discard the progress."""


@dataclass
class Session:
    """One configured provider: its settings, the API, and how to wait and report."""

    settings: Settings
    progress: Progress = silence
    backoff: Backoff = field(default_factory=Backoff)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    addon_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    discretion: Discretion = field(init=False)
    api: Api = field(init=False)

    def __post_init__(self) -> None:
        self.discretion = Discretion([self.settings.api_key])
        self.discretion.remember(self.settings.headers.values())
        self.api = Api(self.settings, self.discretion, self.pause, self.backoff, self.say)

    async def say(self, message: str) -> None:
        """Report the progress of the current resource."""
        await self.progress(current_urn.get(), self.discretion.hide(message))

    async def pause(self, seconds: float) -> None:
        """Wait for some seconds.

        Raises:
            StoppedError: the engine was interrupted.
        """
        if seconds > 0:
            await stoppable_pause(seconds, self.stopping)

    async def until(
        self,
        ask: Callable[[], Awaitable[Any]],
        done: Callable[[Any], bool],
        *,
        within: float,
        what: str,
        sign: asyncio.Future[Any] | None = None,
    ) -> Any:
        """Call a function repeatedly until its result is complete, and return the result.

        Args:
            ask: the function to call.
            done: tells whether a result is complete.
            within: the timeout in seconds.
            what: what the function waits for, as the error names it.
            sign: ends when the result is probably complete; the next call is then made at once.

        Raises:
            ProviderError: the result was not complete in time.
            StoppedError: the engine was interrupted.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + within
        wait = _FIRST_POLL
        while not done(answer := await ask()):
            if clock() >= end:
                raise ProviderError(f"{what} was not ready after {within / 60:g} minutes")
            if sign is None:
                await self.pause(wait)
            elif await self._pause_unless(wait, sign):
                sign, wait = None, _FIRST_POLL
            wait = min(2 * wait, _SLOWEST_POLL)
        return answer

    async def _pause_unless(self, seconds: float, sign: asyncio.Future[Any]) -> bool:
        """Wait until the seconds are over or the sign ends; return whether the sign has ended."""
        pause = asyncio.ensure_future(self.pause(seconds))
        try:
            await asyncio.wait({pause, sign}, return_when=asyncio.FIRST_COMPLETED)
            if pause.done():
                await pause
        finally:
            pause.cancel()
        return sign.done()
