"""Endpoints for buildpack installations.

https://devcenter.heroku.com/articles/platform-api-reference#buildpack-installations
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.builds.buildpacks import models
from localheroku.api.builds.buildpacks.errors import BuildpackMissingError
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECTS, TEXT
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    return models.documents(apps.find(call.platform, call.path["app"]))


async def update(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    for item in call.body["updates"]:
        if not item.get("buildpack"):
            raise BuildpackMissingError
        body_schema.check(item, {"buildpack": TEXT})
    buildpacks = [item["buildpack"] for item in call.body["updates"]]
    return models.documents(models.update(call.platform, app, buildpacks))


PATH = "/apps/{app}/buildpack-installations"

ROUTES = [
    Endpoint(f"GET {PATH}", listing, order_by=("ordinal",), needs=rights.VIEW),
    Endpoint(
        f"PUT {PATH}", update, takes={"updates": OBJECTS.must()}, needs=rights.EDIT_BUILDPACKS
    ),
]
