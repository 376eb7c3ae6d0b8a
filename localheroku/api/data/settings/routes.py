"""Endpoints for settings.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg/settings
"""

from __future__ import annotations

from localheroku.api.data.databases import models as databases
from localheroku.api.data.settings import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS
from localheroku.core.body_schema import BodyField
from localheroku.core.state import Document

VALUE = BodyField(lambda value: isinstance(value, str | int), "a string, a number, true or false")
CHANGES = dict.fromkeys(models.SETTINGS, VALUE)


async def info(call: Call) -> Document:
    return await models.read(call.platform, databases.find(call.platform, call.path["addon"]))


async def update(call: Call) -> Document:
    addon = databases.find(call.platform, call.path["addon"])
    await models.change(call.platform, addon, call.body)
    return await models.read(call.platform, addon)


ALL = "/postgres/v0/databases/{addon}/config"

ROUTES = [
    Endpoint(f"GET   {ALL}", info, needs=VIEW_ADDONS),
    Endpoint(f"PATCH {ALL}", update, takes=CHANGES, needs=CHANGE_DATA),
]
