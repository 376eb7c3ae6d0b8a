"""Endpoints for apps.

https://devcenter.heroku.com/articles/platform-api-reference#app
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.apps import creation, models
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App, NewApp
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.access import models as space_access
from localheroku.api.teams import models as teams
from localheroku.auth import authorization, rights
from localheroku.core.body_schema import FLAG, REFERENCE, TEXT, reference
from localheroku.core.state import Document

NEW = {"name": TEXT, "region": REFERENCE, "stack": REFERENCE}
NEW_OF_TEAM = {
    **NEW,
    "team": REFERENCE,
    "space": REFERENCE.or_null(),
    "locked": FLAG,
    "personal": FLAG,
    "internal_routing": FLAG.or_null(),
}
REFRESH = {"acm_refresh": FLAG}
CHANGES = {"name": TEXT, "build_stack": REFERENCE, "maintenance": FLAG}
CHANGE_NEEDS = {
    "name": rights.RENAME,
    "build_stack": rights.MIGRATE,
    "maintenance": rights.MAINTAIN,
}


async def create(call: Call) -> Document:
    app = creation.create(call.platform, _new(call))
    return models.document(call.platform, app)


async def create_of_team(call: Call) -> Document:
    if call.body.get("space") is not None:
        space = spaces.find(call.platform, reference(call.body["space"]))
        space_access.check_creation(call.platform, space)
    app = creation.create(call.platform, _new(call))
    return models.team_document(call.platform, app)


def _new(call: Call) -> NewApp:
    options = {
        name: reference(call.body[name])
        for name in ("name", "region", "stack", "team", "space")
        if call.body.get(name) is not None
    }
    if call.body.get("personal"):
        options.pop("team", None)
    return NewApp(
        **options,
        locked=call.body.get("locked", False),
        internal_routing=call.body.get("internal_routing"),
    )


async def listing(call: Call) -> list[Document]:
    visible = authorization.visible_apps(call.platform, rights.VIEW)
    return [models.document(call.platform, app) for app in visible]


async def listing_of_user(call: Call) -> list[Document]:
    """Return the personal apps that the account owns or has access to."""
    account = accounts.find_own(call.platform, call.path["user"])
    return [
        models.document(call.platform, app)
        for app in collaborators.apps_of(call.platform, account)
        if app.team_id is None
    ]


async def listing_of_team(call: Call) -> list[Document]:
    team = teams.find(call.platform, call.path["team"])
    return [
        models.team_document(call.platform, app)
        for app in authorization.visible_apps(call.platform, rights.VIEW)
        if app.team_id == team.id
    ]


async def info(call: Call) -> Document:
    return models.document(call.platform, _app(call))


async def info_of_team(call: Call) -> Document:
    return models.team_document(call.platform, _app_of_team(call))


async def update(call: Call) -> Document:
    changes = dict(call.body)
    for name in changes:
        authorization.require(call.platform, _app(call), CHANGE_NEEDS[name])
    if "build_stack" in changes:
        changes["build_stack"] = reference(changes["build_stack"])
    app = models.update(call.platform, _app(call), changes)
    if "name" in changes:
        call.platform.deployment.renamed(app)
    return models.document(call.platform, app)


async def remove(call: Call) -> Document:
    app = _app(call)
    document = models.document(call.platform, app)
    await call.platform.removal.remove_app(app)
    return document


async def enable_acm(call: Call) -> Document:
    return models.document(call.platform, models.update(call.platform, _app(call), {"acm": True}))


async def disable_acm(call: Call) -> Document:
    return models.document(call.platform, models.update(call.platform, _app(call), {"acm": False}))


def _app(call: Call) -> App:
    return models.find(call.platform, call.path["app"])


def _app_of_team(call: Call) -> App:
    return models.find_of_team(call.platform, call.path["app"])


ROUTES = [
    Endpoint("POST   /apps", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint("GET    /apps", listing, order_by=("id", "name", "updated_at"), needs=rights.KEY),
    Endpoint("GET    /apps/{app}", info, needs=rights.VIEW),
    Endpoint("PATCH  /apps/{app}", update, takes=CHANGES, needs=rights.VIEW),
    Endpoint("DELETE /apps/{app}", remove, needs=rights.DELETE),
    Endpoint("POST   /apps/{app}/acm", enable_acm, needs=rights.CONFIGURE),
    Endpoint("PATCH  /apps/{app}/acm", enable_acm, takes=REFRESH, needs=rights.CONFIGURE),
    Endpoint("DELETE /apps/{app}/acm", disable_acm, needs=rights.CONFIGURE),
    Endpoint(
        "GET    /users/{user}/apps",
        listing_of_user,
        order_by=("id", "name", "updated_at"),
        needs=rights.KEY,
    ),
    Endpoint(
        "POST   /teams/apps",
        create_of_team,
        status=201,
        takes=NEW_OF_TEAM,
        needs=rights.CREATE_APPS,
    ),
    Endpoint("GET    /teams/apps/{app}", info_of_team, needs=rights.VIEW),
    Endpoint(
        "GET    /teams/{team}/apps",
        listing_of_team,
        order_by=("id", "name"),
        needs=rights.VIEW_TEAM,
    ),
]
