"""Endpoints for dynos.

https://devcenter.heroku.com/articles/platform-api-reference#dyno
"""

from __future__ import annotations

from functools import partial

from localheroku.api.apps import activity
from localheroku.api.apps import models as apps
from localheroku.api.dynos import models
from localheroku.api.dynos.errors import DynoNotFoundError
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG, OBJECT, TEXT, WHOLE
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    dynos = models.every(call.platform, app)
    return [models.document(call.platform, app, dyno) for dyno in dynos]


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    dyno = models.find(call.platform, app, call.path["dyno"])
    return models.document(call.platform, app, dyno)


async def create(call: Call) -> Document:
    platform, body = call.platform, call.body
    app = apps.find(platform, call.path["app"])
    meeting = await platform.rendezvous.meeting() if body.get("attach") else None
    dyno = models.start(platform, app, body, meeting.line if meeting else None)
    activity.log_action(platform, app, f"Starting process with command `{dyno.command}`")
    return models.document(platform, app, dyno, meeting.url if meeting else None)


async def restart(call: Call) -> Document:
    """Restart a dyno or, as `heroku ps:restart web` does, all dynos of a type.

    A one-off dyno is stopped instead.
    """
    app = apps.find(call.platform, call.path["app"])
    name = models.addressed(call.platform, app, call.path["dyno"])
    await call.platform.backends.dynos.restart(app.id, name)
    return {}


async def restart_type(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    type_ = call.path["type"]
    if not any(dyno.type == type_ for dyno in models.every(call.platform, app)):
        raise DynoNotFoundError
    await call.platform.backends.dynos.restart(app.id, type_)
    return {}


async def restart_all(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    await call.platform.backends.dynos.restart(app.id, None)
    return {}


NEW = {
    "command": TEXT.must(),
    "attach": FLAG.or_null(),
    "env": OBJECT.or_null(),
    "force_no_tty": FLAG.or_null(),
    "size": TEXT.or_null(),
    "type": TEXT.or_null(),
    "time_to_live": WHOLE.or_null(),
}
ALL = "/apps/{app}/dynos"
ONE = f"{ALL}/{{dyno}}"
OF_TYPE = "/apps/{app}/formations/{type}"
change = partial(Endpoint, status=202, needs=rights.RESTART)

# A stopped dyno of the formation is started again, so stopping it is the same as restarting it.
ROUTES = [
    Endpoint(f"POST {ALL}", create, status=201, takes=NEW, needs=rights.RUN),
    Endpoint(f"GET {ALL}", listing, order_by=("name", "id"), needs=rights.VIEW),
    Endpoint(f"GET {ONE}", info, needs=rights.VIEW),
    change(f"DELETE {ONE}", restart),
    change(f"DELETE {ALL}", restart_all),
    change(f"POST {ONE}/actions/stop", restart),
    change(f"DELETE {OF_TYPE}", restart_type),
    change(f"POST {OF_TYPE}/actions/stop", restart_type),
]
