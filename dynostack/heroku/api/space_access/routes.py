"""https://devcenter.heroku.com/articles/platform-api-reference#space-app-access"""

from __future__ import annotations

from dynostack.heroku import fields
from dynostack.heroku.access import rights
from dynostack.heroku.api.space_access import models
from dynostack.heroku.api.spaces import records as spaces
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECTS, TEXT
from dynostack.heroku.platform import Document

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
        fields.check(permission, PERMISSION)
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
