"""Settings: https://github.com/heroku/cli/tree/main/src/commands/pg/settings"""

from __future__ import annotations

from dynostack.heroku.access.rights import CHANGE_DATA, VIEW_ADDONS
from dynostack.heroku.data.databases import models as databases
from dynostack.heroku.data.settings import models
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import Field
from dynostack.heroku.platform import Document

VALUE = Field(lambda value: isinstance(value, str | int), "a string, a number, true or false")
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
