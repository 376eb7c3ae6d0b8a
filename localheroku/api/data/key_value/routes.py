"""Endpoints for key-value stores.

Source: https://github.com/heroku/cli/tree/main/src/commands/redis
"""

from __future__ import annotations

from localheroku.api.data.credentials import models as credentials
from localheroku.api.data.databases import models as databases
from localheroku.api.data.key_value import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS, VIEW_CONFIG
from localheroku.core.body_schema import BodyField
from localheroku.core.state import Document

VALUE = BodyField(lambda value: isinstance(value, str | int), "a string or a number")
CHANGES = dict.fromkeys(models.SETTINGS, VALUE)


async def info(call: Call) -> Document:
    return await models.document(call.platform, models.find(call.platform, call.path["addon"]))


async def wait_status(call: Call) -> Document:
    return databases.wait_status(models.found(call.platform, call.path["addon"]))


async def update(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    return await models.change(call.platform, addon, call.body)


async def rotate(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    credentials.publish(call.platform, addon, await models.rotate(call.platform, addon))
    return {"message": "Credentials rotated."}


async def reset_statistics(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    await models.reset_statistics(call.platform, addon)
    return {"message": "Statistics reset successful."}


ONE = "/redis/v0/databases/{addon}"

ROUTES = [
    Endpoint(f"GET   {ONE}", info, needs=VIEW_CONFIG),
    Endpoint(f"GET   {ONE}/wait", wait_status, needs=VIEW_ADDONS),
    Endpoint(f"PATCH {ONE}/config", update, takes=CHANGES, needs=CHANGE_DATA),
    Endpoint(f"POST  {ONE}/credentials_rotation", rotate, needs=CHANGE_DATA),
    Endpoint(f"POST  {ONE}/stats/reset", reset_statistics, needs=CHANGE_DATA),
]
