"""Endpoints for databases.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg
"""

from __future__ import annotations

from localheroku.api.data.databases import models
from localheroku.api.data.databases.errors import NotFollowingError, ResetError
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS, VIEW_CONFIG
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.body_schema import TEXTS
from localheroku.core.state import Document

RESET = {"extensions": TEXTS.or_null()}


async def info(call: Call) -> Document:
    return await models.document(call.platform, models.find(call.platform, call.path["addon"]))


async def wait_status(call: Call) -> Document:
    return models.wait_status(models.found(call.platform, call.path["addon"]))


async def reset(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    extensions = call.body.get("extensions") or ()
    try:
        await call.platform.backends.databases.reset(addon.id, extensions)
    except ServiceFailed as error:
        raise ResetError(addon=addon.name, reason=error) from error
    return {"message": "Reset successful."}


async def reset_connections(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    with models.failing(addon):
        await call.platform.backends.databases.disconnect(addon.id)
    return {"message": "Connections terminated."}


async def reset_statistics(call: Call) -> Document:
    addon = models.find(call.platform, call.path["addon"])
    with models.failing(addon):
        await call.platform.backends.databases.reset_statistics(addon.id)
    return {"message": "Statistics reset successful."}


async def unfollow(call: Call) -> Document:
    raise NotFollowingError(addon=models.find(call.platform, call.path["addon"]).name)


ONE = "/client/v11/databases/{addon}"

ROUTES = [
    Endpoint(f"GET  {ONE}", info, needs=VIEW_CONFIG),
    Endpoint(f"GET  {ONE}/wait_status", wait_status, needs=VIEW_ADDONS),
    Endpoint(f"PUT  {ONE}/reset", reset, takes=RESET, needs=CHANGE_DATA),
    Endpoint(f"POST {ONE}/connection_reset", reset_connections, needs=CHANGE_DATA),
    Endpoint(f"PUT  {ONE}/stats_reset", reset_statistics, needs=CHANGE_DATA),
    Endpoint(f"PUT  {ONE}/unfollow", unfollow, needs=CHANGE_DATA),
]
