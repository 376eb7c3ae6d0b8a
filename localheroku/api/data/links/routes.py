"""Endpoints for links between data stores.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg/links
"""

from __future__ import annotations

from localheroku.api.data.databases import models as databases
from localheroku.api.data.links.errors import EssentialLinkError, LinkError, LinkNotFoundError
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document

NEW = {"target": TEXT.must(), "as": TEXT}


async def listing(call: Call) -> list[Document]:
    databases.find(call.platform, call.path["addon"])
    return []


async def create(call: Call) -> Document:
    addon = databases.find(call.platform, call.path["addon"])
    if databases.is_essential(addon):
        raise EssentialLinkError
    raise LinkError(addon=addon.name)


async def remove(call: Call) -> Document:
    databases.find(call.platform, call.path["addon"])
    raise LinkNotFoundError


ALL = "/client/v11/databases/{addon}/links"

ROUTES = [
    Endpoint(f"GET    {ALL}", listing, needs=VIEW_ADDONS),
    Endpoint(f"POST   {ALL}", create, takes=NEW, needs=CHANGE_DATA),
    Endpoint(f"DELETE {ALL}/{{link}}", remove, needs=CHANGE_DATA),
]
