"""The calls that each account has left this hour: always counted, limited only if enabled."""

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
    """A bucket's level when it was last checked."""

    level: float
    measured: float


class RateLimit:
    """One bucket for each account id: each call takes from it, and time refills it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self.set(BUCKET, REFILL_PER_MINUTE, enforced=False)

    def set(self, bucket: int, refill_per_minute: float, *, enforced: bool) -> None:
        """Start with full buckets of this size; `enforced`: reject calls when one is empty."""
        self.bucket = bucket
        self.refill_per_minute = refill_per_minute
        self.enforced = enforced
        self._buckets: dict[str, RateBucket] = {}

    def remaining(self, account: str) -> int:
        return int(self._filled(account).level)

    def count(self, account: str) -> int:
        """Take one call from the account's bucket and return how many remain.

        Raises:
            RateLimitError: none remain, and the limit is enforced.
        """
        bucket = self._filled(account)
        if bucket.level < 1 and self.enforced:
            raise RateLimitError
        bucket.level = max(0.0, bucket.level - 1.0)
        return int(bucket.level)

    def _filled(self, account: str) -> RateBucket:
        """Return the account's bucket, refilled to the current time."""
        now = self._seconds()
        bucket = self._buckets.get(account)
        if bucket is None:
            bucket = self._buckets[account] = RateBucket(float(self.bucket), now)
        # The clock may have been moved back.
        passed = max(0.0, now - bucket.measured)
        bucket.level = min(self.bucket, bucket.level + passed * self.refill_per_minute / 60)
        bucket.measured = now
        return bucket
