"""Endpoints for VPN connections.

https://devcenter.heroku.com/articles/platform-api-reference#vpn-connection
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.records import Space
from localheroku.api.spaces.vpn import models
from localheroku.api.spaces.vpn.models import VpnConnection
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT, TEXTS
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    space, body = _space(call), call.body
    connection = models.create(
        call.platform, space, body["name"], body["public_ip"], body["routable_cidrs"]
    )
    return models.document(space, connection)


async def listing(call: Call) -> list[Document]:
    space = _space(call)
    every = models.of_space(call.platform, space)
    return [models.document(space, connection) for connection in every]


async def info(call: Call) -> Document:
    space = _space(call)
    return models.document(space, _connection(call, space))


async def update(call: Call) -> Document:
    space = _space(call)
    ranges = call.body["routable_cidrs"]
    changed = models.route(call.platform, _connection(call, space), ranges)
    return models.document(space, changed)


async def remove(call: Call) -> Document:
    call.platform.store.remove(_connection(call, _space(call)))
    return {}


def _space(call: Call) -> Space:
    return spaces.find(call.platform, call.path["space"])


def _connection(call: Call, space: Space) -> VpnConnection:
    return models.find(call.platform, space, call.path["vpn"])


NEW = {"name": TEXT.must(), "public_ip": TEXT.must(), "routable_cidrs": TEXTS.must()}
CHANGES = {"routable_cidrs": TEXTS.must()}
VIEW, MANAGE = rights.VIEW_TUNNELS, rights.MANAGE_TUNNELS
PATH = "/spaces/{space}/vpn-connections"

ROUTES = [
    Endpoint(f"POST   {PATH}", create, status=201, takes=NEW, needs=MANAGE),
    Endpoint(f"GET    {PATH}", listing, order_by=("name", "id"), needs=VIEW),
    Endpoint(f"GET    {PATH}/{{vpn}}", info, needs=VIEW),
    Endpoint(f"PATCH  {PATH}/{{vpn}}", update, takes=CHANGES, needs=MANAGE),
    Endpoint(f"DELETE {PATH}/{{vpn}}", remove, status=202, needs=MANAGE),
]
