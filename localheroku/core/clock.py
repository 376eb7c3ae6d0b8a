"""Time as the Platform API writes it, and the clock that it goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


class HerokuClock:
    """The machine's clock, moved ahead or back by what people set."""

    def __init__(self, system: Clock = system_clock) -> None:
        self._system = system
        self._ahead = timedelta()
        self._moved = asyncio.Event()

    def __call__(self) -> datetime:
        return self._system() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How much later it is than on the machine; negative when it is earlier."""
        return self._ahead

    def move(self, ahead: timedelta) -> None:
        """Go on from that far ahead of the machine; who sleeps looks again.

        Raises OverflowError for a time that no calendar has.
        """
        _ = self._system() + ahead
        self._ahead = ahead
        self.wake()

    def seconds(self) -> float:
        """Since 1970, with fractions."""
        return self().timestamp()

    def moved(self, moment: datetime) -> datetime:
        """What this clock shows at a moment that a machine's process has noted."""
        return moment + self._ahead

    def wake(self) -> None:
        """End all naps."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def nap(self, seconds: float | None = None) -> None:
        """Sleep so long, None: without end; less when the clock is moved meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()

    async def sleep(self, seconds: float) -> None:
        """Sleep until this clock shows so many seconds more."""
        due = self.seconds() + seconds
        while (remaining := due - self.seconds()) > 0:
            await self.nap(remaining)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds, such as 2026-11-22T14:48:19Z."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"
