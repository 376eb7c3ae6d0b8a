"""The calls that are left in this hour: counted always, refused only when that is switched on."""

from __future__ import annotations

import time
from collections.abc import Callable

from dynostack.heroku.errors import ApiError

# https://devcenter.heroku.com/articles/limits: 4,500 calls an hour, refilled by the minute.
BUCKET = 4500
REFILL_PER_MINUTE = 75.0


class RateLimitError(ApiError):
    id = "rate_limit"
    status = 429
    message = (
        "Your account reached the API rate limit. Please wait a few minutes before making new "
        "requests."
    )

    def headers(self) -> dict[str, str]:
        return {"RateLimit-Remaining": "0"}


class RateLimit:
    """A bucket that calls empty and time fills."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._measured = seconds()
        self.set(BUCKET, REFILL_PER_MINUTE, enforced=False)

    def set(self, bucket: int, refill_per_minute: float, *, enforced: bool) -> None:
        """Start anew with a full bucket of this size; `enforced`: refuse calls when it is empty."""
        self.bucket = bucket
        self.refill_per_minute = refill_per_minute
        self.enforced = enforced
        self._level = float(bucket)

    @property
    def remaining(self) -> int:
        now = self._seconds()
        # The clock may have been set back.
        passed = max(0.0, now - self._measured)
        self._level = min(self.bucket, self._level + passed * self.refill_per_minute / 60)
        self._measured = now
        return int(self._level)

    def count(self) -> int:
        """Take one call from the bucket; the calls that remain.  Raises RateLimitError."""
        if self.remaining < 1 and self.enforced:
            raise RateLimitError
        self._level = max(0.0, self._level - 1.0)
        return int(self._level)
