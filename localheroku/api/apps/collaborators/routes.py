"""Endpoints for collaborators.

https://devcenter.heroku.com/articles/platform-api-reference#collaborator
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.auth.rights import DEFAULT_PERMISSIONS
from localheroku.core.body_schema import FLAG, REFERENCE, TEXTS, reference
from localheroku.core.state import Document, State

FindApp = Callable[[State, str], App]
NEW = {"user": REFERENCE.must(), "silent": FLAG}
NEW_OF_TEAM = {**NEW, "permissions": TEXTS.or_null()}


def create(find_app: FindApp) -> Callable[[Call], Awaitable[Document]]:
    async def handler(call: Call) -> Document:
        app = find_app(call.platform, call.path["app"])
        permissions = call.body.get("permissions")
        collaborator = models.add(
            call.platform,
            app,
            reference(call.body["user"]),
            DEFAULT_PERMISSIONS if permissions is None else permissions,
        )
        return models.document(call.platform, app, collaborator)

    return handler


def listing(find_app: FindApp) -> Callable[[Call], Awaitable[list[Document]]]:
    async def handler(call: Call) -> list[Document]:
        app = find_app(call.platform, call.path["app"])
        everyone = models.of_app(call.platform, app)
        return [models.document(call.platform, app, one) for one in everyone]

    return handler


def info(find_app: FindApp) -> Callable[[Call], Awaitable[Document]]:
    async def handler(call: Call) -> Document:
        app = find_app(call.platform, call.path["app"])
        collaborator = models.find(call.platform, app, call.path["collaborator"])
        return models.document(call.platform, app, collaborator)

    return handler


def remove(find_app: FindApp) -> Callable[[Call], Awaitable[Document]]:
    async def handler(call: Call) -> Document:
        app = find_app(call.platform, call.path["app"])
        collaborator = models.find(call.platform, app, call.path["collaborator"])
        if collaborator.user_id != accounts.current(call.platform).id:
            authorization.require(call.platform, app, rights.SHARE)
        document = models.document(call.platform, app, collaborator)
        models.remove(call.platform, collaborator)
        return document

    return handler


async def permit(call: Call) -> Document:
    app = apps.find_of_team(call.platform, call.path["app"])
    collaborator = models.find(call.platform, app, call.path["collaborator"])
    changed = models.permit(call.platform, app, collaborator, call.body["permissions"])
    return models.document(call.platform, app, changed)


LIST = ("user.email", "id")
ANY, TEAM = apps.find, apps.find_of_team
OF_TEAM = "/teams/apps/{app}/collaborators"

ROUTES = [
    Endpoint(
        "POST   /apps/{app}/collaborators", create(ANY), status=201, takes=NEW, needs=rights.SHARE
    ),
    Endpoint("GET    /apps/{app}/collaborators", listing(ANY), order_by=LIST, needs=rights.VIEW),
    Endpoint("GET    /apps/{app}/collaborators/{collaborator}", info(ANY), needs=rights.VIEW),
    Endpoint("DELETE /apps/{app}/collaborators/{collaborator}", remove(ANY), needs=rights.LEAVE),
    Endpoint(f"POST   {OF_TEAM}", create(TEAM), status=201, takes=NEW_OF_TEAM, needs=rights.SHARE),
    Endpoint(f"GET    {OF_TEAM}", listing(TEAM), order_by=LIST, needs=rights.VIEW),
    Endpoint(f"GET    {OF_TEAM}/{{collaborator}}", info(TEAM), needs=rights.VIEW),
    Endpoint(
        f"PATCH  {OF_TEAM}/{{collaborator}}",
        permit,
        takes={"permissions": TEXTS.must()},
        needs=rights.SHARE,
    ),
    Endpoint(f"DELETE {OF_TEAM}/{{collaborator}}", remove(TEAM), needs=rights.LEAVE),
]
