"""What a resource has at hand while it works."""

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


# Whose progress is told: the resource that the current request is about.
current_urn: ContextVar[str] = ContextVar("current_urn", default="")


class Progress(Protocol):
    """Tells the person what is going on with a resource."""

    async def __call__(self, urn: str, message: str) -> None: ...


async def silence(urn: str, message: str) -> None:
    """Progress that nobody reads."""


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
        """Tell how the current resource is getting on."""
        await self.progress(current_urn.get(), self.discretion.hide(message))

    async def pause(self, seconds: float) -> None:
        """Wait; an interrupted engine ends it with :class:`StoppedError`."""
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
        """Ask again and again until it is done; the answer that was.

        ``within``: seconds; ``what`` names the awaited in the error when they are over; ``sign``
        ends when it is probably done, and then there is no reason to wait before asking.
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
        """Wait, but no longer than until the sign; whether it came."""
        pause = asyncio.ensure_future(self.pause(seconds))
        try:
            await asyncio.wait({pause, sign}, return_when=asyncio.FIRST_COMPLETED)
            if pause.done():
                await pause
        finally:
            pause.cancel()
        return sign.done()
