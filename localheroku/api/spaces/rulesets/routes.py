"""Endpoints for rulesets.

https://devcenter.heroku.com/articles/platform-api-reference#inbound-ruleset
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.rulesets import models
from localheroku.api.spaces.rulesets.models import INBOUND, OUTBOUND
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import FLAG, OBJECT, OBJECTS, TEXT, WHOLE
from localheroku.core.state import Document

INBOUND_RULE = {"action": TEXT.must(), "source": TEXT.must()}
OUTBOUND_RULE = {
    "target": TEXT.must(),
    "from_port": WHOLE.must(),
    "to_port": WHOLE.must(),
    "protocol": TEXT.must(),
}


def current(direction: str) -> Callable[[Call], Awaitable[Document]]:
    async def handler(call: Call) -> Document:
        space = spaces.find(call.platform, call.path["space"])
        return models.document(space, models.current(call.platform, space, direction))

    return handler


def listing(direction: str) -> Callable[[Call], Awaitable[list[Document]]]:
    async def handler(call: Call) -> list[Document]:
        space = spaces.find(call.platform, call.path["space"])
        every = models.every(call.platform, space, direction)
        return [models.document(space, ruleset) for ruleset in every]

    return handler


def info(direction: str) -> Callable[[Call], Awaitable[Document]]:
    async def handler(call: Call) -> Document:
        space = spaces.find(call.platform, call.path["space"])
        ruleset = models.find(call.platform, space, direction, call.path["ruleset"])
        return models.document(space, ruleset)

    return handler


async def create_inbound(call: Call) -> Document:
    space = spaces.find(call.platform, call.path["space"])
    rules = call.body.get("rules") or []
    for rule in rules:
        body_schema.check(rule, INBOUND_RULE)
    return models.document(space, models.create_inbound(call.platform, space, rules))


async def create_outbound(call: Call) -> Document:
    space = spaces.find(call.platform, call.path["space"])
    rules = call.body.get("rules") or []
    for rule in rules:
        body_schema.check(rule, OUTBOUND_RULE)
    return models.document(space, models.create_outbound(call.platform, space, rules))


# The Heroku CLI sends back all fields that it received.
NEW = {
    "rules": OBJECTS.or_null(),
    "id": TEXT,
    "space": OBJECT,
    "created_at": TEXT,
    "created_by": TEXT,
    "applied": FLAG,
}
LIST = ("created_at", "id")
VIEW, MANAGE = rights.VIEW_SPACES, rights.MANAGE_SPACES
INTO, OUT = "/spaces/{space}/inbound-ruleset", "/spaces/{space}/outbound-ruleset"

ROUTES = [
    Endpoint(f"PUT {INTO}", create_inbound, takes=NEW, needs=MANAGE),
    Endpoint(f"GET {INTO}", current(INBOUND), needs=VIEW),
    Endpoint(f"GET {INTO}s", listing(INBOUND), order_by=LIST, needs=VIEW),
    Endpoint(f"GET {INTO}s/{{ruleset}}", info(INBOUND), needs=VIEW),
    Endpoint(f"PUT {OUT}", create_outbound, takes=NEW, needs=MANAGE),
    Endpoint(f"GET {OUT}", current(OUTBOUND), needs=VIEW),
    Endpoint(f"GET {OUT}s", listing(OUTBOUND), order_by=LIST, needs=VIEW),
    Endpoint(f"GET {OUT}s/{{ruleset}}", info(OUTBOUND), needs=VIEW),
]
