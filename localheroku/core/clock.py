"""Time as the Platform API writes it, and the clock that it uses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


class HerokuClock:
    """The machine's clock, shifted forward or back by the time that users set."""

    def __init__(self, system: Clock = system_clock) -> None:
        self._system = system
        self._ahead = timedelta()
        self._moved = asyncio.Event()

    def __call__(self) -> datetime:
        return self._system() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far this clock is ahead of the machine's; negative if it is behind."""
        return self._ahead

    def move(self, ahead: timedelta) -> None:
        """Set the clock this far ahead of the machine's; sleepers check the time again.

        Raises:
            OverflowError: the time is out of range.
        """
        _ = self._system() + ahead
        self._ahead = ahead
        self.wake()

    def seconds(self) -> float:
        """Return the seconds since 1970, with fractions."""
        return self().timestamp()

    def moved(self, moment: datetime) -> datetime:
        """Convert a time that a process on this machine recorded to this clock's time."""
        return moment + self._ahead

    def wake(self) -> None:
        """Wake everything that sleeps until the clock is moved."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def nap(self, seconds: float | None = None) -> None:
        """Sleep this long (None: forever), or until the clock is moved."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()

    async def sleep(self, seconds: float) -> None:
        """Sleep until this clock shows this many seconds more."""
        due = self.seconds() + seconds
        while (remaining := due - self.seconds()) > 0:
            await self.nap(remaining)


def timestamp(moment: datetime) -> str:
    """Return the moment as RFC 3339 in UTC with whole seconds, such as 2026-11-22T14:48:19Z."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"
