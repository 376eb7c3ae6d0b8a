"""https://devcenter.heroku.com/articles/platform-api-reference#account"""

from __future__ import annotations

from dynostack.heroku import rights
from dynostack.heroku.api.account import models
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import FLAG, TEXT
from dynostack.heroku.platform import Document


async def info(call: Call) -> Document:
    return models.document(_own(call))


async def update(call: Call) -> Document:
    return models.document(models.update(call.platform, _own(call), **call.body))


async def rate_limits(call: Call) -> Document:
    return {"remaining": call.platform.rate_limit.remaining}


def _own(call: Call) -> models.User:
    return models.find_own(call.platform, call.path.get("user", "~"))


CHANGES = {"allow_tracking": FLAG, "beta": FLAG, "name": TEXT.or_null()}

ROUTES = [
    Endpoint("GET   /account", info, needs=rights.KEY),
    Endpoint("PATCH /account", update, takes=CHANGES, needs=rights.KEY),
    Endpoint("GET   /account/rate-limits", rate_limits, needs=rights.KEY),
    Endpoint("GET   /users/{user}", info, needs=rights.KEY),
    Endpoint("PATCH /users/{user}", update, takes=CHANGES, needs=rights.KEY),
]
