"""Provisioning times by kind in seconds, the rate limit, and which versions are offered."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import KEY
from localheroku.control.faults.kinds import COUNT, MAX_COUNT, SECONDS
from localheroku.control.settings import models
from localheroku.core import body_schema
from localheroku.core.body_schema import FLAG, OBJECT, BodyField
from localheroku.core.provisioning import KINDS
from localheroku.core.state import Document

RATE = BodyField(
    lambda value: type(value) in (int, float) and 0 <= value <= MAX_COUNT,
    f"a number from 0 to {MAX_COUNT}",
)
PROVISIONING_SECONDS = dict.fromkeys(KINDS, SECONDS)
LIMIT = {"bucket": COUNT, "refill_per_minute": RATE, "enforced": FLAG}
ADDONS = {"old_versions": FLAG}
CHANGES = {"provisioning": OBJECT, "rate_limit": OBJECT, "addons": OBJECT}


async def info(call: Call) -> Document:
    return models.document(call.platform)


async def update(call: Call) -> Document:
    platform = call.platform
    times, limits = call.body.get("provisioning", {}), call.body.get("rate_limit", {})
    body_schema.check(times, PROVISIONING_SECONDS)
    body_schema.check(limits, LIMIT)
    addons = call.body.get("addons", {})
    body_schema.check(addons, ADDONS)
    platform.allows_old_versions = addons.get("old_versions", platform.allows_old_versions)
    for kind, seconds in times.items():
        platform.provisioning.set(kind, float(seconds))
    if limits:
        limit = platform.rate_limit
        limit.set(
            limits.get("bucket", limit.bucket),
            limits.get("refill_per_minute", limit.refill_per_minute),
            enforced=limits.get("enforced", limit.enforced),
        )
    models.save(platform)
    return models.document(platform)


ROUTES = [
    Endpoint("GET   /_local/settings", info, needs=KEY),
    Endpoint("PATCH /_local/settings", update, takes=CHANGES, needs=KEY),
]
