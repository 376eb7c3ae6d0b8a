"""Endpoints for peerings.

https://devcenter.heroku.com/articles/platform-api-reference#peering
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.peerings import models
from localheroku.api.spaces.peerings.models import Peering
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    space = spaces.find(call.platform, call.path["space"])
    return [models.document(peering) for peering in models.of_space(call.platform, space)]


async def info(call: Call) -> Document:
    return models.document(_peering(call, call.path["pcx"]))


async def accept(call: Call) -> Document:
    models.accept(call.platform, _peering(call, call.path["pcx"]))
    return {}


async def accept_named(call: Call) -> Document:
    """Accept a peering as the Heroku CLI does; the published schema does not list this endpoint."""
    models.accept(call.platform, _peering(call, call.body["pcx_id"]))
    return {}


async def remove(call: Call) -> Document:
    call.platform.store.remove(_peering(call, call.path["pcx"]))
    return {}


def _peering(call: Call, pcx_id: str) -> Peering:
    space = spaces.find(call.platform, call.path["space"])
    return models.find(call.platform, space, pcx_id)


VIEW, MANAGE = rights.VIEW_SPACES, rights.MANAGE_SPACES
PATH = "/spaces/{space}/peerings"
NAMED = {"pcx_id": TEXT.must()}

ROUTES = [
    Endpoint(f"GET    {PATH}", listing, order_by=("pcx_id",), needs=VIEW),
    Endpoint(f"POST   {PATH}", accept_named, status=202, takes=NAMED, needs=MANAGE),
    Endpoint(f"GET    {PATH}/{{pcx}}", info, needs=VIEW),
    Endpoint(f"POST   {PATH}/{{pcx}}/actions/accept", accept, status=202, needs=MANAGE),
    Endpoint(f"DELETE {PATH}/{{pcx}}", remove, status=202, needs=MANAGE),
]
