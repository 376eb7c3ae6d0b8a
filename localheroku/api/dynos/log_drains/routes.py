"""Endpoints for log drains.

https://devcenter.heroku.com/articles/platform-api-reference#log-drain
"""

from __future__ import annotations

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.dynos.log_drains import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return models.document(models.add(call.platform, app, call.body["url"]))


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [models.document(drain) for drain in models.of_app(call.platform, app)]


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return models.document(models.find(call.platform, app, call.path["drain"]))


async def remove(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    drain = models.find(call.platform, app, call.path["drain"])
    models.remove(call.platform, app, drain)
    return models.document(drain)


async def of_addon(call: Call) -> list[Document]:
    app, addon = _addon(call)
    return [models.document(drain) for drain in models.of_addon(call.platform, app, addon)]


async def put_of_addon(call: Call) -> Document:
    app, addon = _addon(call)
    identity, url = call.path["drain"], call.body["url"]
    return models.document(models.put(call.platform, app, addon, identity, url))


def _addon(call: Call) -> tuple[apps.App, Addon]:
    addon = addons.find(call.platform, call.path["addon"])
    return apps.find(call.platform, addon.parent or ""), addon


ROUTES = [
    Endpoint(
        "GET    /addons/{addon}/log-drains", of_addon, order_by=("id",), needs=rights.VIEW_DRAINS
    ),
    Endpoint(
        "PUT    /addons/{addon}/log-drains/{drain}",
        put_of_addon,
        takes={"url": TEXT.must()},
        needs=rights.EDIT_DRAINS,
    ),
    Endpoint(
        "POST   /apps/{app}/log-drains",
        create,
        status=201,
        takes={"url": TEXT.must()},
        needs=rights.EDIT_DRAINS,
    ),
    Endpoint("GET    /apps/{app}/log-drains", listing, order_by=("id",), needs=rights.VIEW_DRAINS),
    Endpoint("GET    /apps/{app}/log-drains/{drain}", info, needs=rights.VIEW_DRAINS),
    Endpoint("DELETE /apps/{app}/log-drains/{drain}", remove, needs=rights.EDIT_DRAINS),
]
