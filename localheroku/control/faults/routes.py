"""The endpoints that set, list and clear faults."""

from __future__ import annotations

from functools import cache
from typing import Any

from localheroku import api
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import KEY
from localheroku.control.faults.errors import FaultKindError, FaultRouteError
from localheroku.control.faults.kinds import COUNT, KINDS
from localheroku.control.faults.models import Fault
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, TEXT, WHOLE, BodyField
from localheroku.core.state import Document
from localheroku.git import transport

CHANCE = BodyField(
    lambda value: type(value) in (int, float) and 0 <= value <= 1, "a number from 0 to 1"
)
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
METHOD = BodyField(
    lambda value: isinstance(value, str) and set(value.upper().split(",")) <= set(METHODS),
    f"one or several of {', '.join(METHODS)}, separated by commas",
)
NEW = {
    "kind": TEXT.must(),
    "method": METHOD.or_null(),
    "path": TEXT.or_null(),
    "route": TEXT.or_null(),
    "app": TEXT.or_null(),
    "client": TEXT.or_null(),
    "call": COUNT,
    "count": COUNT.or_null(),
    "probability": CHANCE,
    "seed": WHOLE,
    "options": OBJECT,
}


async def create(call: Call) -> Document:
    body = dict(call.body)
    kind = KINDS.get(body["kind"])
    if kind is None:
        raise FaultKindError(kind=body["kind"], known=", ".join(KINDS))
    body_schema.check(body.get("options", {}), kind.takes)
    if body.get("route"):
        body["route"] = _known_route(body["route"])
    fault = Fault(**call.platform.stamp(), **body)
    return _document(call.platform.faults.add(fault))


async def listing(call: Call) -> list[Document]:
    return [_document(fault) for fault in call.platform.faults.every()]


async def info(call: Call) -> Document:
    return _document(call.platform.faults.find(call.path["fault"]))


async def remove(call: Call) -> Document:
    return _clear(call, call.platform.faults.find(call.path["fault"]))


async def clear(call: Call) -> list[Document]:
    return [_clear(call, fault) for fault in call.platform.faults.every()]


def _clear(call: Call, fault: Fault) -> Document:
    """Clear the fault; the work that it held up continues."""
    with call.platform.store.transaction():
        call.platform.faults.remove(fault)
        call.platform.provisioning.release_stuck(fault.id)
    return _document(fault)


async def kinds(_: Call) -> list[Document]:
    return [
        {
            "kind": name,
            "summary": kind.summary,
            "options": {option: field.description for option, field in kind.takes.items()},
        }
        for name, kind in KINDS.items()
    ]


@cache
def _known_routes() -> dict[str, str]:
    names = [*(endpoint.name for endpoint in api.endpoints()), *transport.ROUTES]
    return {name.lower(): name for name in names}


def _known_route(route: str) -> str:
    known = _known_routes().get(" ".join(route.lower().split()))
    if known is None:
        raise FaultRouteError(route=route)
    return known


def _document(fault: Fault) -> Document:
    hidden = ("parent", "updated_at")
    document: dict[str, Any] = {
        name: value for name, value in vars(fault).items() if name not in hidden
    }
    return document


ROUTES = [
    Endpoint("POST   /_local/faults", create, status=201, takes=NEW, needs=KEY),
    Endpoint("GET    /_local/faults", listing, needs=KEY),
    Endpoint("DELETE /_local/faults", clear, needs=KEY),
    Endpoint("GET    /_local/faults/{fault}", info, needs=KEY),
    Endpoint("DELETE /_local/faults/{fault}", remove, needs=KEY),
    Endpoint("GET    /_local/fault-kinds", kinds, needs=KEY),
]
