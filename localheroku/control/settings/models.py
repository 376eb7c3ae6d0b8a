"""The local Heroku's clock, provisioning times, rate limit and offered versions, stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from localheroku.api.account import models as accounts
from localheroku.core.record import Record
from localheroku.core.state import Document
from localheroku.http.rate_limit import BUCKET, REFILL_PER_MINUTE
from localheroku.platform import Platform

ID = "controls"


@dataclass(frozen=True, kw_only=True)
class ControlSettings(Record, stored_as="Controls"):
    """The stored settings; `provisioning` has seconds by kind, without the kinds that take none."""

    ahead_seconds: float = 0
    provisioning: dict[str, float] = field(default_factory=dict)
    bucket: int = BUCKET
    refill_per_minute: float = REFILL_PER_MINUTE
    enforced: bool = False
    old_versions: bool = False


def save(platform: Platform) -> None:
    """Store the current settings."""
    limit, seconds = platform.rate_limit, platform.provisioning.seconds
    platform.store.put(
        ControlSettings(
            id=ID,
            created_at=platform.now(),
            updated_at=platform.now(),
            ahead_seconds=platform.clock.ahead.total_seconds(),
            provisioning={kind: value for kind, value in seconds.items() if value},
            bucket=limit.bucket,
            refill_per_minute=limit.refill_per_minute,
            enforced=limit.enforced,
            old_versions=platform.allows_old_versions,
        )
    )


def restore(platform: Platform) -> None:
    """Apply the stored settings after a start."""
    stored = platform.store.find(ControlSettings, ID)
    if stored is None:
        return
    platform.clock.move(timedelta(seconds=stored.ahead_seconds))
    for kind, seconds in stored.provisioning.items():
        platform.provisioning.set(kind, seconds)
    platform.allows_old_versions = stored.old_versions
    platform.rate_limit.set(stored.bucket, stored.refill_per_minute, enforced=stored.enforced)


def document(platform: Platform) -> Document:
    """Return the settings; the remaining calls are those of the caller."""
    limit = platform.rate_limit
    return {
        "provisioning": platform.provisioning.seconds,
        "addons": {"old_versions": platform.allows_old_versions},
        "rate_limit": {
            "bucket": limit.bucket,
            "refill_per_minute": limit.refill_per_minute,
            "enforced": limit.enforced,
            "remaining": limit.remaining(accounts.current(platform).id),
        },
    }
