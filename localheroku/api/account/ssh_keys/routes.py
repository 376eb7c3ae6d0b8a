"""Endpoints for SSH keys.

https://devcenter.heroku.com/articles/platform-api-reference#key

The published schema does not list the endpoints that add and remove a key; the Heroku CLI uses
them.
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.account.ssh_keys import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def add(call: Call) -> Document:
    user = accounts.current(call.platform)
    return models.document(user, models.add(call.platform, user, call.body["public_key"]))


async def listing(call: Call) -> list[Document]:
    user = accounts.current(call.platform)
    return [models.document(user, key) for key in models.of_user(call.platform, user)]


async def info(call: Call) -> Document:
    user = accounts.current(call.platform)
    return models.document(user, models.find(call.platform, user, call.path["key"]))


async def remove(call: Call) -> Document:
    user = accounts.current(call.platform)
    key = models.find(call.platform, user, call.path["key"])
    call.platform.store.remove(key)
    return models.document(user, key)


NEW = {"public_key": TEXT.must()}
LIST = ("id", "created_at")

ROUTES = [
    Endpoint("POST   /account/keys", add, status=201, takes=NEW, needs=rights.KEY),
    Endpoint("GET    /account/keys", listing, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /account/keys/{key}", info, needs=rights.KEY),
    Endpoint("DELETE /account/keys/{key}", remove, needs=rights.KEY),
]
