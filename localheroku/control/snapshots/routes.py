"""Snapshots of the whole state, and how to go back to one or to an empty state."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import KEY
from localheroku.control.snapshots import models
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    return await models.save(call.platform, call.body["name"])


async def listing(call: Call) -> list[Document]:
    return models.every(call.platform)


async def remove(call: Call) -> Document:
    return models.remove(call.platform, call.path["snapshot"])


async def restore(call: Call) -> Document:
    return await models.restore(call.platform, call.path["snapshot"])


async def reset(call: Call) -> Document:
    await models.reset(call.platform)
    return {}


ROUTES = [
    Endpoint(
        "POST   /_local/snapshots", create, status=201, takes={"name": TEXT.must()}, needs=KEY
    ),
    Endpoint("GET    /_local/snapshots", listing, needs=KEY),
    Endpoint("DELETE /_local/snapshots/{snapshot}", remove, needs=KEY),
    Endpoint("POST   /_local/snapshots/{snapshot}/actions/restore", restore, needs=KEY),
    Endpoint("POST   /_local/actions/reset", reset, needs=KEY),
]
