"""The pace of calls to Heroku: waits when the account's rate limit is reached.

https://devcenter.heroku.com/articles/platform-api-reference#rate-limits
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

REFILL_SECONDS = 60 / 75
"""How long Heroku takes to allow one more call: 4,500 an hour."""
FEW = 10
"""With this many calls left or fewer, wait for each call's refill."""
FIRST_WAIT_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 120.0
LONGEST_SECONDS = 15 * 60.0
"""How long to wait for the rate limit in all, before its error is reported."""


class Pace:
    """When the next call may be sent; several threads share one."""

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Start without a wait.

        Args:
            say: reports each wait.
        """
        self._say = say
        self._lock = threading.Lock()
        self._next = 0.0
        self._waited = 0.0
        self._seconds = FIRST_WAIT_SECONDS

    def wait(self) -> None:
        """Wait until the next call may be sent."""
        while (seconds := self._next - time.monotonic()) > 0:
            time.sleep(seconds)

    def accepted(self, headers: Mapping[str, str]) -> None:
        """Take note of a successful call, and slow down if few calls are left."""
        remaining = headers.get("RateLimit-Remaining", "")
        with self._lock:
            self._seconds = FIRST_WAIT_SECONDS
            self._waited = 0.0
            if remaining.isdigit() and int(remaining) <= FEW:
                self._next = max(self._next, time.monotonic()) + REFILL_SECONDS

    def refused(self, headers: Mapping[str, str]) -> bool:
        """Take note of a refused call; return whether to repeat it after `wait`."""
        with self._lock:
            if self._next > time.monotonic():
                return True  # another thread was refused, too
            if self._waited >= LONGEST_SECONDS:
                return False
            after = headers.get("Retry-After", "")
            seconds = float(after) if after.isdigit() else self._seconds
            seconds = min(seconds, LONGEST_WAIT_SECONDS)
            self._seconds = min(self._seconds * 2, LONGEST_WAIT_SECONDS)
            self._waited += seconds
            self._next = time.monotonic() + seconds
        self._say(f"Heroku's rate limit is reached; going on in {seconds:.0f} seconds")
        return True
