"""https://devcenter.heroku.com/articles/platform-api-reference#buildpack-installations"""

from __future__ import annotations

from dynostack.heroku import fields
from dynostack.heroku.access import rights
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.api.buildpacks import models
from dynostack.heroku.api.buildpacks.errors import BuildpackMissingError
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECTS, TEXT
from dynostack.heroku.platform import Document


async def listing(call: Call) -> list[Document]:
    return models.documents(apps.find(call.platform, call.path["app"]))


async def update(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    for given in call.body["updates"]:
        if not given.get("buildpack"):
            raise BuildpackMissingError
        fields.check(given, {"buildpack": TEXT})
    wanted = [given["buildpack"] for given in call.body["updates"]]
    return models.documents(models.update(call.platform, app, wanted))


PATH = "/apps/{app}/buildpack-installations"

ROUTES = [
    Endpoint(f"GET {PATH}", listing, order_by=("ordinal",), needs=rights.VIEW),
    Endpoint(
        f"PUT {PATH}", update, takes={"updates": OBJECTS.must()}, needs=rights.EDIT_BUILDPACKS
    ),
]
