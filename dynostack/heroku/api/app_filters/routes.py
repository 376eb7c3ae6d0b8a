"""https://devcenter.heroku.com/articles/platform-api-reference#filter-apps"""

from __future__ import annotations

from dynostack.heroku import fields
from dynostack.heroku.access import checks, rights
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECT, TEXTS
from dynostack.heroku.platform import Document

WANTED = {"id": TEXTS}


async def filtered(call: Call) -> list[Document]:
    """Those of the wanted apps that the caller sees; without a filter, all that the caller sees."""
    wanted = call.body.get("in", {})
    fields.check(wanted, WANTED)
    return [
        apps.team_document(call.platform, app)
        for app in checks.visible_apps(call.platform, rights.VIEW)
        if "id" not in wanted or app.id in wanted["id"]
    ]


ROUTES = [
    Endpoint(
        "POST /filters/apps",
        filtered,
        takes={"in": OBJECT},
        order_by=("id", "name", "updated_at"),
        needs=rights.KEY,
    )
]
