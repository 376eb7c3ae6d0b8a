"""The endpoint that filters apps.

https://devcenter.heroku.com/articles/platform-api-reference#filter-apps
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, TEXTS
from localheroku.core.state import Document

FILTERS = {"id": TEXTS}


async def filtered(call: Call) -> list[Document]:
    """Return the apps that the caller can view, filtered by id if the request has a filter."""
    filters = call.body.get("in", {})
    body_schema.check(filters, FILTERS)
    return [
        apps.team_document(call.platform, app)
        for app in authorization.visible_apps(call.platform, rights.VIEW)
        if "id" not in filters or app.id in filters["id"]
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
