"""Endpoints for webhooks.

https://devcenter.heroku.com/articles/platform-api-reference#app-webhook
"""

from __future__ import annotations

from functools import partial

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.webhooks import models
from localheroku.api.webhooks.models import Owner
from localheroku.auth import rights
from localheroku.auth.rights import Right
from localheroku.core.body_schema import TEXT, TEXTS
from localheroku.core.state import Document
from localheroku.http.range import LIST_ORDER

SECRET = "Heroku-Webhook-Secret"  # noqa: S105 - a header's name
CHANGES = {
    "url": TEXT,
    "level": TEXT,
    "include": TEXTS,
    "secret": TEXT.or_null(),
    "authorization": TEXT.or_null(),
}
NEW = {**CHANGES, **{name: CHANGES[name].must() for name in ("url", "level", "include")}}


async def create(call: Call) -> Document:
    owner = _owner(call)
    webhook = models.add(call.platform, owner, call.body)
    call.headers[SECRET] = webhook.secret
    return models.document(owner, webhook)


async def listing(call: Call) -> list[Document]:
    owner = _owner(call)
    return [models.document(owner, hook) for hook in models.of_owner(call.platform, owner.id)]


async def info(call: Call) -> Document:
    owner = _owner(call)
    return models.document(owner, models.find(call.platform, owner, call.path["webhook"]))


async def update(call: Call) -> Document:
    owner = _owner(call)
    webhook = models.find(call.platform, owner, call.path["webhook"])
    changed = models.update(call.platform, webhook, call.body)
    if "secret" in call.body:
        call.headers[SECRET] = changed.secret
    return models.document(owner, changed)


async def remove(call: Call) -> Document:
    owner = _owner(call)
    webhook = models.find(call.platform, owner, call.path["webhook"])
    call.platform.store.remove(webhook)
    return models.document(owner, webhook)


async def events(call: Call) -> list[Document]:
    return [models.event_document(e) for e in models.events(call.platform, _owner(call))]


async def event(call: Call) -> Document:
    found = models.find_event(call.platform, _owner(call), call.path["event"])
    return models.event_document(found)


async def deliveries(call: Call) -> list[Document]:
    matching = models.deliveries(call.platform, _owner(call), call.query.get("eq[status]"))
    return [models.delivery_document(delivery) for delivery in matching]


async def delivery(call: Call) -> Document:
    found = models.find_delivery(call.platform, _owner(call), call.path["delivery"])
    return models.delivery_document(found)


def _owner(call: Call) -> Owner:
    return models.find_owner(call.platform, call.path)


LIST = (LIST_ORDER, "created_at", "id")
OWNERS: dict[str, Right] = {
    "/apps/{app}": rights.CONFIGURE,
    "/addons/{addon}": rights.CONFIGURE,
    "/pipelines/{pipeline}": rights.CONFIGURE_PIPELINE,
}


def _rows(path: str, needs: Right) -> list[Endpoint]:
    row = partial(Endpoint, needs=needs)
    return [
        row(f"POST   {path}/webhooks", create, status=201, takes=NEW),
        row(f"GET    {path}/webhooks", listing, order_by=LIST),
        row(f"GET    {path}/webhooks/{{webhook}}", info),
        row(f"PATCH  {path}/webhooks/{{webhook}}", update, takes=CHANGES),
        row(f"DELETE {path}/webhooks/{{webhook}}", remove),
        row(f"GET    {path}/webhook-events", events, order_by=LIST),
        row(f"GET    {path}/webhook-events/{{event}}", event),
        row(f"GET    {path}/webhook-deliveries", deliveries, order_by=LIST),
        row(f"GET    {path}/webhook-deliveries/{{delivery}}", delivery),
    ]


ROUTES = [row for path, needs in OWNERS.items() for row in _rows(path, needs)]
