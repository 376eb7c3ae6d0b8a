"""Endpoints for app setups.

https://devcenter.heroku.com/articles/platform-api-reference#app-setup
"""

from __future__ import annotations

from typing import Any

from localheroku.api.apps.models import NewApp
from localheroku.api.apps.setups import models
from localheroku.api.builds.models import NewBuild
from localheroku.api.builds.routes import SOURCE
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import FLAG, OBJECT, OBJECTS, REFERENCE, TEXT, reference
from localheroku.core.state import Document
from localheroku.workflows.app_setups import SetupRequest

APP = {
    "name": TEXT,
    "region": REFERENCE,
    "stack": REFERENCE,
    "organization": REFERENCE,
    "personal": FLAG,
    "locked": FLAG,
    "space": REFERENCE,
}
OVERRIDES = {"buildpacks": OBJECTS, "env": OBJECT}
NEW = {"source_blob": OBJECT.must(), "app": OBJECT, "overrides": OBJECT}


async def create(call: Call) -> Document:
    source, overrides = call.body["source_blob"], call.body.get("overrides", {})
    body_schema.check(source, SOURCE)
    body_schema.check(overrides, OVERRIDES)
    order = SetupRequest(
        app=_app(call),
        source=NewBuild(source["url"], source.get("checksum"), source.get("version")),
        env=overrides.get("env", {}),
        buildpacks=[str(buildpack.get("url")) for buildpack in overrides.get("buildpacks", [])],
    )
    running = await call.platform.app_setups.start(order)
    return models.document(call.platform, running.setup)


def _app(call: Call) -> NewApp:
    options = call.body.get("app", {})
    body_schema.check(options, APP)
    team = reference(options["organization"]) if options.get("organization") else None
    if options.get("personal"):
        team = None
    if team:
        authorization.require_in_team(call.platform, team, rights.CREATE_APPS)
    named: dict[str, Any] = {
        name: reference(options[name])
        for name in ("name", "region", "stack", "space")
        if options.get(name)
    }
    return NewApp(**named, team=team, locked=options.get("locked", False))


async def info(call: Call) -> Document:
    return models.document(call.platform, models.find(call.platform, call.path["setup"]))


ROUTES = [
    Endpoint("POST /app-setups", create, status=202, takes=NEW, needs=rights.KEY),
    Endpoint("GET  /app-setups/{setup}", info, needs=rights.KEY),
]
