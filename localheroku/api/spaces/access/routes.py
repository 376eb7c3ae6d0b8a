"""Endpoints for access to spaces.

https://devcenter.heroku.com/articles/platform-api-reference#space-app-access
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.access import models
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECTS, TEXT
from localheroku.core.state import Document

PERMISSION = {"name": TEXT.must()}


async def listing(call: Call) -> list[Document]:
    space = spaces.find(call.platform, call.path["space"])
    everyone = models.members(call.platform, space)
    return [models.document(call.platform, space, member) for member in everyone]


async def info(call: Call) -> Document:
    space = spaces.find(call.platform, call.path["space"])
    member = models.find_member(call.platform, space, call.path["member"])
    return models.document(call.platform, space, member)


async def update(call: Call) -> Document:
    space = spaces.find(call.platform, call.path["space"])
    member = models.find_member(call.platform, space, call.path["member"])
    for permission in call.body["permissions"]:
        body_schema.check(permission, PERMISSION)
    names = [permission["name"] for permission in call.body["permissions"]]
    models.permit(call.platform, space, member, names)
    return models.document(call.platform, space, member)


CHANGES = {"permissions": OBJECTS.must()}
VIEW, MANAGE = rights.VIEW_SPACES, rights.MANAGE_SPACES

ROUTES = [
    Endpoint("GET   /spaces/{space}/members", listing, order_by=("user.email", "id"), needs=VIEW),
    Endpoint("GET   /spaces/{space}/members/{member}", info, needs=VIEW),
    Endpoint("PATCH /spaces/{space}/members/{member}", update, takes=CHANGES, needs=MANAGE),
]
