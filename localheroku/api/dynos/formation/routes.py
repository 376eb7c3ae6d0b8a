"""Endpoints for the formation.

https://devcenter.heroku.com/articles/platform-api-reference#formation
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localheroku.api.apps import activity
from localheroku.api.apps import models as apps
from localheroku.api.dynos.formation import models
from localheroku.api.dynos.formation.models import ScaleRequest
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECTS, QUANTITY, REFERENCE, TEXT, reference
from localheroku.core.errors import MissingFieldsError
from localheroku.core.state import Document

SCALE = {"quantity": QUANTITY, "size": REFERENCE, "dyno_size": REFERENCE}
SCALES = {**SCALE, "type": TEXT, "id": TEXT}


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [models.document(app, process) for process in models.every(call.platform, app)]


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return models.document(app, models.find(call.platform, app, call.path["formation"]))


async def update(call: Call) -> Document:
    return _scale(call, [_scale_request(call.path["formation"], call.body)])[0]


async def update_all(call: Call) -> list[Document]:
    updates = call.body["updates"]
    for options in updates:
        body_schema.check(options, SCALES)
        if not {"type", "id"} & options.keys():
            raise MissingFieldsError(names="type or id")
    return _scale(
        call, [_scale_request(options.get("type") or options["id"], options) for options in updates]
    )


def _scale_request(identity: str, options: Mapping[str, Any]) -> ScaleRequest:
    size = options.get("dyno_size", options.get("size"))
    return ScaleRequest(
        identity, options.get("quantity"), None if size is None else reference(size)
    )


def _scale(call: Call, scales: list[ScaleRequest]) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    processes = models.scale(call.platform, app, scales)
    if processes:
        sizes = ", ".join(f"{p.type}@{p.quantity}:{p.size}" for p in processes)
        activity.log_action(call.platform, app, f"Scaled to {sizes}")
    call.platform.deployment.apply_soon(app.id)
    return [models.document(app, process) for process in processes]


ROUTES = [
    Endpoint("GET   /apps/{app}/formation", listing, order_by=("type", "id"), needs=rights.VIEW),
    Endpoint(
        "PATCH /apps/{app}/formation",
        update_all,
        takes={"updates": OBJECTS.must()},
        needs=rights.SCALE,
    ),
    Endpoint("GET   /apps/{app}/formation/{formation}", info, needs=rights.VIEW),
    Endpoint("PATCH /apps/{app}/formation/{formation}", update, takes=SCALE, needs=rights.SCALE),
]
