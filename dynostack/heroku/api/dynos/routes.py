"""https://devcenter.heroku.com/articles/platform-api-reference#dyno"""

from __future__ import annotations

from dynostack.heroku import rights
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.api.dynos import models
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    dynos = models.every(call.platform, app)
    return [models.document(call.platform, app, dyno) for dyno in dynos]


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    dyno = models.find(call.platform, app, call.path["dyno"])
    return models.document(call.platform, app, dyno)


async def restart(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    dyno = models.find(call.platform, app, call.path["dyno"])
    await call.platform.machines.dynos.restart(app.id, dyno.name)
    return {}


async def restart_all(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    await call.platform.machines.dynos.restart(app.id, None)
    return {}


ROUTES = [
    Endpoint("GET    /apps/{app}/dynos", listing, order_by=("name", "id"), needs=rights.VIEW),
    Endpoint("GET    /apps/{app}/dynos/{dyno}", info, needs=rights.VIEW),
    Endpoint("DELETE /apps/{app}/dynos/{dyno}", restart, status=202, needs=rights.RESTART),
    Endpoint("DELETE /apps/{app}/dynos", restart_all, status=202, needs=rights.RESTART),
]
