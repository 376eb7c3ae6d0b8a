"""The calls each account has left in this hour: counted always, refused only when that is on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from localheroku.core.errors import ApiError

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


@dataclass
class RateBucket:
    """What was left of it when it was last looked at."""

    level: float
    measured: float


class RateLimit:
    """A bucket for each account, by its id, that calls empty and time fills."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self.set(BUCKET, REFILL_PER_MINUTE, enforced=False)

    def set(self, bucket: int, refill_per_minute: float, *, enforced: bool) -> None:
        """Start anew with full buckets of this size; `enforced`: refuse calls when one is empty."""
        self.bucket = bucket
        self.refill_per_minute = refill_per_minute
        self.enforced = enforced
        self._buckets: dict[str, RateBucket] = {}

    def remaining(self, account: str) -> int:
        return int(self._filled(account).level)

    def count(self, account: str) -> int:
        """Take one call from the account's; the calls that remain.  Raises RateLimitError."""
        bucket = self._filled(account)
        if bucket.level < 1 and self.enforced:
            raise RateLimitError
        bucket.level = max(0.0, bucket.level - 1.0)
        return int(bucket.level)

    def _filled(self, account: str) -> RateBucket:
        """The account's bucket as it is now."""
        now = self._seconds()
        bucket = self._buckets.get(account)
        if bucket is None:
            bucket = self._buckets[account] = RateBucket(float(self.bucket), now)
        # The clock may have been set back.
        passed = max(0.0, now - bucket.measured)
        bucket.level = min(self.bucket, bucket.level + passed * self.refill_per_minute / 60)
        bucket.measured = now
        return bucket
