"""The count of calls left in this hour.  The local Heroku counts them and refuses none."""

from __future__ import annotations

import time
from collections.abc import Callable

# https://devcenter.heroku.com/articles/limits: 4,500 calls an hour, refilled by the minute.
BUCKET = 4500
REFILL_PER_SECOND = 75 / 60


class RateLimit:
    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._level = float(BUCKET)
        self._measured = seconds()

    @property
    def remaining(self) -> int:
        now = self._seconds()
        self._level = min(BUCKET, self._level + (now - self._measured) * REFILL_PER_SECOND)
        self._measured = now
        return int(self._level)

    def count(self) -> int:
        """Take one call from the bucket; the calls that remain."""
        self._level = max(0.0, self.remaining - 1.0)
        return int(self._level)
