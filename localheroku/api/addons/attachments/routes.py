"""Endpoints for add-on attachments.

https://devcenter.heroku.com/articles/platform-api-reference#add-on-attachment
"""

from __future__ import annotations

from collections.abc import Sequence

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import creation, models
from localheroku.api.addons.attachments.records import Attachment
from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import creation as releases
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.core.body_schema import REFERENCE, TEXT, reference
from localheroku.core.state import Document

NEW = {
    "addon": REFERENCE.must(),
    "app": REFERENCE.must(),
    "confirm": TEXT,
    "name": TEXT,
    "namespace": TEXT.or_null(),
}
QUESTION = {"addon_attachment": TEXT.must(), "app": TEXT.or_null(), "addon_service": TEXT.or_null()}


async def create(call: Call) -> Document:
    platform, body = call.platform, call.body
    app = apps.find(platform, reference(body["app"]))
    addon = addons.find(platform, reference(body["addon"]))
    authorization.check(platform, rights.PROVISION, {"addon": addon.id}, {})
    with platform.store.transaction():
        attachment = creation.attach(
            platform,
            app,
            addon,
            body.get("name"),
            namespace=body.get("namespace"),
            confirmed=body.get("confirm") == app.name,
        )
        releases.create(platform, app, f"Attach {attachment.name} (@ref:{addon.name})")
    return models.document(platform, attachment)


async def remove(call: Call) -> Document:
    platform = call.platform
    attachment = _visible(call, call.path["attachment"])
    document = models.document(platform, attachment)
    addon = models.addon_of(platform, attachment)
    with platform.store.transaction():
        models.detach(platform, attachment)
        releases.create(
            platform,
            apps.find(platform, attachment.app_id),
            f"Detach {attachment.name} (@ref:{addon.name})",
        )
    return document


async def info(call: Call) -> Document:
    return _document_with_addon(call, _visible(call, call.path["attachment"]))


async def info_of_app(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return _document_with_addon(call, models.find(call.platform, call.path["attachment"], app))


async def listing(call: Call) -> list[Document]:
    return [
        _document_with_addon(call, attachment)
        for app in authorization.visible_apps(call.platform, rights.VIEW_ADDONS)
        for attachment in models.of_app(call.platform, app)
    ]


async def listing_of_app(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [_document_with_addon(call, a) for a in models.of_app(call.platform, app)]


async def listing_of_addon(call: Call) -> list[Document]:
    addon = addons.find(call.platform, call.path["addon"])
    return [_document_with_addon(call, a) for a in models.of_addon(call.platform, addon)]


async def resolve(call: Call) -> list[Document]:
    platform, body = call.platform, call.body
    billing_app = apps.find(platform, body["app"]) if body.get("app") else None
    name, app = models.scope(platform, body["addon_attachment"], billing_app)
    if app:
        authorization.require(platform, app, rights.VIEW_ADDONS)
        among = models.of_app(platform, app)
    else:
        among = _seen(call, platform.store.every(Attachment))
    found = models.resolved(platform, name, among, body.get("addon_service"))
    return [_document_with_addon(call, attachment) for attachment in found]


def _document_with_addon(call: Call, attachment: Attachment) -> Document:
    return models.document(call.platform, attachment, call.inclusions)


def _visible(call: Call, identity: str) -> Attachment:
    """Return the attachment with an id or name in the apps whose add-ons the caller can view."""
    return models.only(_seen(call, models.matching(call.platform, identity)), identity)


def _seen(call: Call, every: Sequence[Attachment]) -> list[Attachment]:
    visible = {app.id for app in authorization.visible_apps(call.platform, rights.VIEW_ADDONS)}
    return [one for one in every if one.app_id in visible]


LIST = ("id", "name")

ROUTES = [
    Endpoint("POST   /addon-attachments", create, status=201, takes=NEW, needs=rights.PROVISION),
    Endpoint("GET    /addon-attachments", listing, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /addon-attachments/{attachment}", info, needs=rights.VIEW_ADDONS),
    Endpoint("DELETE /addon-attachments/{attachment}", remove, needs=rights.PROVISION),
    Endpoint(
        "GET    /addons/{addon}/addon-attachments",
        listing_of_addon,
        order_by=LIST,
        needs=rights.VIEW_ADDONS,
    ),
    Endpoint(
        "GET    /apps/{app}/addon-attachments",
        listing_of_app,
        order_by=LIST,
        needs=rights.VIEW_ADDONS,
    ),
    Endpoint(
        "GET    /apps/{app}/addon-attachments/{attachment}", info_of_app, needs=rights.VIEW_ADDONS
    ),
    Endpoint(
        "POST   /actions/addon-attachments/resolve", resolve, takes=QUESTION, needs=rights.KEY
    ),
]
