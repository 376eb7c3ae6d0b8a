"""Endpoints for user preferences.

https://devcenter.heroku.com/articles/platform-api-reference#user-preferences
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.account.user_preferences import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document


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
