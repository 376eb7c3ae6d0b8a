"""Endpoints for the config of an add-on.

https://devcenter.heroku.com/articles/platform-api-reference#add-on-config
"""

from __future__ import annotations

from localheroku.api.addons import models as addons
from localheroku.api.addons.config import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECTS, TEXT
from localheroku.core.state import Document

VARIABLE = {"name": TEXT.must(), "value": TEXT.or_null()}


async def listing(call: Call) -> list[Document]:
    return models.documents(call.platform, addons.find(call.platform, call.path["addon"]))


async def listing_of_part(call: Call) -> list[Document]:
    addon = addons.find(call.platform, call.path["addon"])
    return models.documents_of(call.platform, addon, call.path["namespace"])


async def update(call: Call) -> list[Document]:
    addon = addons.find(call.platform, call.path["addon"])
    variables = call.body["config"]
    for variable in variables:
        body_schema.check(variable, VARIABLE)
    changes = {variable["name"]: variable.get("value") for variable in variables}
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
