"""https://devcenter.heroku.com/articles/platform-api-reference#account"""

from __future__ import annotations

from dynostack.heroku.api.account import models
from dynostack.heroku.api.account.errors import OtherAccountError
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import FLAG, TEXT
from dynostack.heroku.platform import Document


def own(call: Call) -> models.User:
    """The account that the path names; only that of the key may be read or changed."""
    user = models.find(call.platform, call.path.get("user", "~"))
    if user != models.current(call.platform):
        raise OtherAccountError(email=user.email)
    return user


async def info(call: Call) -> Document:
    return models.document(own(call))


async def update(call: Call) -> Document:
    return models.document(models.update(call.platform, own(call), **call.body))


async def rate_limits(call: Call) -> Document:
    return {"remaining": call.platform.rate_limit.remaining}


CHANGES = {"allow_tracking": FLAG, "beta": FLAG, "name": TEXT.or_null()}

ROUTES = [
    Endpoint("GET   /account", info),
    Endpoint("PATCH /account", update, takes=CHANGES),
    Endpoint("GET   /account/rate-limits", rate_limits),
    Endpoint("GET   /users/{user}", info),
    Endpoint("PATCH /users/{user}", update, takes=CHANGES),
]
