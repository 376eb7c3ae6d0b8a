"""Endpoints for add-ons.

https://devcenter.heroku.com/articles/platform-api-reference#add-on
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.addons import models
from localheroku.api.addons.allowed_services import models as allowed_services
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.addons.errors import AddonNotResolvedError
from localheroku.api.addons.models import NewAddon
from localheroku.api.addons.services import models as addon_services
from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import creation as releases
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import FLAG, OBJECT, REFERENCE, TEXT, reference
from localheroku.core.state import Document
from localheroku.workflows import addon_provisioning

NEW = {
    "plan": REFERENCE.must(),
    "name": TEXT,
    "attachment": OBJECT,
    "config": OBJECT,
    "confirm": TEXT,
}
CHANGES = {"plan": REFERENCE, "name": TEXT}
# Heroku's published schema does not list this field; the Heroku CLI sends it.
REMOVAL = {"force": FLAG}
ATTACHMENT = {"name": TEXT.or_null()}
QUESTION = {"addon": TEXT.must(), "app": TEXT.or_null(), "addon_service": TEXT.or_null()}


async def create(call: Call) -> Document:
    platform, body = call.platform, call.body
    app = apps.find(platform, call.path["app"])
    attachment = body.get("attachment", {})
    body_schema.check(attachment, ATTACHMENT)
    new = NewAddon(
        plan=reference(body["plan"]),
        name=body.get("name"),
        attachment=attachment.get("name"),
        config=body.get("config", {}),
        confirmed=body.get("confirm") == app.name,
    )
    _check_price(call, app, new.plan)
    allowed_services.check(platform, app, new.plan)
    addon = await addon_provisioning.provision(platform, app, new)
    return _document(call, addon)


async def update(call: Call) -> Document:
    platform, body = call.platform, call.body
    _, addon = _of_app(call)
    plan = reference(body["plan"]) if body.get("plan") else None
    _check_change(call, addon, *([addon.plan_name, plan] if plan else []))
    await platform.readiness.addons.wait()
    changed = await models.change(platform, addon, plan=plan, name=body.get("name"))
    if changed.plan != addon.plan:
        app = apps.find(platform, changed.parent or "")
        releases.create(platform, app, f"Update {changed.name} to {changed.plan}")
    return _document(call, changed)


async def remove(call: Call) -> Document:
    platform = call.platform
    _, addon = _of_app(call)
    _check_change(call, addon, addon.plan_name)
    document = {**_document(call, addon), "state": "deprovisioned"}
    await platform.removal.remove_addon(addon)
    return document


async def info(call: Call) -> Document:
    return _document(call, models.find(call.platform, call.path["addon"]))


async def info_of_app(call: Call) -> Document:
    return _document(call, _of_app(call)[1])


async def listing(call: Call) -> list[Document]:
    return [
        _document(call, addon)
        for app in authorization.visible_apps(call.platform, rights.VIEW_ADDONS)
        for addon in models.of_app(call.platform, app)
    ]


async def listing_of_user(call: Call) -> list[Document]:
    accounts.find_own(call.platform, call.path["user"])
    return await listing(call)


async def listing_of_app(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [_document(call, a) for a in attachments.seen_by(call.platform, app)]


async def listing_of_team(call: Call) -> list[Document]:
    team = teams.find(call.platform, call.path["team"])
    return [
        _document(call, addon)
        for app in authorization.visible_apps(call.platform, rights.VIEW_ADDONS)
        if app.team_id == team.id
        for addon in models.of_app(call.platform, app)
    ]


async def resolve(call: Call) -> list[Document]:
    platform, body = call.platform, call.body
    billing_app = apps.find(platform, body["app"]) if body.get("app") else None
    name, app = attachments.scope(platform, body["addon"], billing_app)
    if app:
        authorization.require(platform, app, rights.VIEW_ADDONS)
    visible = {each.id for each in authorization.visible_apps(platform, rights.VIEW_ADDONS)}
    found = [
        addon
        for addon in models.matching(platform, name, app)
        if body.get("addon_service") in (None, addon.service)
        and not visible.isdisjoint(attachments.apps_with(platform, addon))
    ]
    if not found:
        raise AddonNotResolvedError
    return [_document(call, addon) for addon in found]


def _document(call: Call, addon: Addon) -> Document:
    """Return the add-on, with its full plan and service if `Accept-Expansion` requests them."""
    document = models.document(call.platform, addon)
    service = call.platform.catalogue.services[addon.service]
    if "plan" in call.expansions:
        plan = service.plans[addon.plan]
        document["plan"] = addon_services.plan_document(call.platform, plan)
    if "addon_service" in call.expansions:
        document["addon_service"] = addon_services.document(service)
    return document


def _check_change(call: Call, addon: Addon, *plans: str) -> None:
    """Check that the caller can change the add-on's own app; access to other apps is not enough."""
    app = apps.find(call.platform, addon.parent or "")
    authorization.require(call.platform, app, rights.PROVISION)
    _check_price(call, app, *plans)


def _check_price(call: Call, app: apps.App, *plans: str) -> None:
    """Treat a plan as paid unless its price is known to be zero."""
    known = [call.platform.catalogue.orderable_plan(plan) for plan in plans]
    if any(plan and plan.cents != 0 for plan in known):
        authorization.require(call.platform, app, rights.PROVISION_PAID)


def _of_app(call: Call) -> tuple[apps.App, Addon]:
    app = apps.find(call.platform, call.path["app"])
    return app, models.find(call.platform, call.path["addon"], app)


LIST = ("id", "name")

ROUTES = [
    Endpoint("POST   /apps/{app}/addons", create, status=201, takes=NEW, needs=rights.PROVISION),
    Endpoint("GET    /apps/{app}/addons", listing_of_app, order_by=LIST, needs=rights.VIEW_ADDONS),
    Endpoint("GET    /apps/{app}/addons/{addon}", info_of_app, needs=rights.VIEW_ADDONS),
    Endpoint("PATCH  /apps/{app}/addons/{addon}", update, takes=CHANGES, needs=rights.PROVISION),
    Endpoint("DELETE /apps/{app}/addons/{addon}", remove, takes=REMOVAL, needs=rights.PROVISION),
    Endpoint("GET    /addons", listing, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /addons/{addon}", info, needs=rights.VIEW_ADDONS),
    Endpoint("GET    /users/{user}/addons", listing_of_user, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /teams/{team}/addons", listing_of_team, order_by=LIST, needs=rights.VIEW_TEAM),
    Endpoint("POST   /actions/addons/resolve", resolve, takes=QUESTION, needs=rights.KEY),
]
