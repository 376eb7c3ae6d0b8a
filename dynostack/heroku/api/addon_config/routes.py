"""https://devcenter.heroku.com/articles/platform-api-reference#add-on-config"""

from __future__ import annotations

from dynostack.heroku import fields
from dynostack.heroku.access import rights
from dynostack.heroku.api.addon_config import models
from dynostack.heroku.api.addons import models as addons
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECTS, TEXT
from dynostack.heroku.platform import Document

VARIABLE = {"name": TEXT.must(), "value": TEXT.or_null()}


async def listing(call: Call) -> list[Document]:
    return models.documents(call.platform, addons.find(call.platform, call.path["addon"]))


async def listing_of_part(call: Call) -> list[Document]:
    addon = addons.find(call.platform, call.path["addon"])
    return models.documents_of(call.platform, addon, call.path["namespace"])


async def update(call: Call) -> list[Document]:
    addon = addons.find(call.platform, call.path["addon"])
    given = call.body["config"]
    for variable in given:
        fields.check(variable, VARIABLE)
    changes = {variable["name"]: variable.get("value") for variable in given}
    return models.documents(call.platform, models.update(call.platform, addon, changes))


PATH = "/addons/{addon}/config"

ROUTES = [
    Endpoint(f"GET   {PATH}", listing, order_by=("name",), needs=rights.VIEW_CONFIG),
    Endpoint(
        f"GET   {PATH}/{{namespace}}",
        listing_of_part,
        order_by=("name",),
        needs=rights.VIEW_CONFIG,
    ),
    Endpoint(f"PATCH {PATH}", update, takes={"config": OBJECTS.must()}, needs=rights.EDIT_CONFIG),
]
