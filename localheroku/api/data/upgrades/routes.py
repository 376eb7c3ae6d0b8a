"""Endpoints for version upgrades.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg/upgrade
"""

from __future__ import annotations

from localheroku.api.data.databases import models as databases
from localheroku.api.data.upgrades.errors import NoUpgradeError, UpgradeError
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document

UPGRADE = {"version": TEXT.or_null()}


async def refuse(call: Call) -> Document:
    addon = databases.find(call.platform, call.path["addon"])
    with databases.failing(addon):
        facts = await call.platform.backends.databases.info(addon.id)
    raise UpgradeError(addon=addon.name, version=facts.version)


async def cancel(call: Call) -> Document:
    raise NoUpgradeError(addon=databases.find(call.platform, call.path["addon"]).name)


async def wait_status(call: Call) -> Document:
    return databases.wait_status(databases.found(call.platform, call.path["addon"]))


ALL = "/client/v11/databases/{addon}/upgrade"

ROUTES = [
    Endpoint(f"POST {ALL}/prepare", refuse, takes=UPGRADE, needs=CHANGE_DATA),
    Endpoint(f"POST {ALL}/dry_run", refuse, takes=UPGRADE, needs=CHANGE_DATA),
    Endpoint(f"POST {ALL}/run", refuse, takes=UPGRADE, needs=CHANGE_DATA),
    Endpoint(f"POST {ALL}/cancel", cancel, needs=CHANGE_DATA),
    Endpoint(f"GET  {ALL}/wait_status", wait_status, needs=VIEW_ADDONS),
]
