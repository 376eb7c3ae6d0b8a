"""https://devcenter.heroku.com/articles/platform-api-reference#user-preferences"""

from __future__ import annotations

from dynostack.heroku.access import rights
from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.user_preferences import models
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


async def info(call: Call) -> Document:
    user = accounts.find_own(call.platform, call.path["user"])
    return models.document(models.of_user(call.platform, user))


async def update(call: Call) -> Document:
    user = accounts.find_own(call.platform, call.path["user"])
    return models.document(models.update(call.platform, user, call.body))


PATH = "/users/{user}/preferences"

ROUTES = [
    Endpoint(f"GET   {PATH}", info, needs=rights.KEY),
    Endpoint(f"PATCH {PATH}", update, takes=models.KINDS, needs=rights.KEY),
]
