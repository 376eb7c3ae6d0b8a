"""Endpoints for diagnoses.

Source: https://github.com/heroku/cli/blob/main/src/commands/pg/diagnose.ts
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.data.databases import models as databases
from localheroku.api.data.reports import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization
from localheroku.auth.rights import KEY, VIEW_ADDONS, VIEW_DATA
from localheroku.core.body_schema import FLAG, OBJECTS, TEXT
from localheroku.core.state import Document

NEW = {
    "app": TEXT.must(),
    "database": TEXT.must(),
    "url": TEXT.must(),
    "plan": TEXT,
    "metrics": OBJECTS,
    "burst_data_present": FLAG,
    "burst_status": TEXT,
}


async def create(call: Call) -> Document:
    app = apps.find(call.platform, call.body["app"])
    report = await models.create(call.platform, app, call.body["database"], call.body["url"])
    return models.document(report)


async def info(call: Call) -> Document:
    report = models.find(call.platform, call.path["report"])
    authorization.require(call.platform, apps.find(call.platform, report.app_id), VIEW_DATA)
    return models.document(report)


async def metrics(call: Call) -> list[Document]:
    """Return no metrics: they would measure the database server, which is this machine."""
    databases.find(call.platform, call.path["addon"])
    return []


async def burst_status(call: Call) -> Document:
    databases.find(call.platform, call.path["addon"])
    return {}


DATABASE = "/client/v11/databases/{addon}"

ROUTES = [
    Endpoint("POST /reports", create, status=201, takes=NEW, needs=VIEW_DATA),
    Endpoint("GET  /reports/{report}", info, needs=KEY),
    Endpoint(f"GET  {DATABASE}/metrics", metrics, needs=VIEW_ADDONS),
    Endpoint(f"GET  {DATABASE}/burst_status", burst_status, needs=VIEW_ADDONS),
]
