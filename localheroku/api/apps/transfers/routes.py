"""Endpoints for app transfers.

https://devcenter.heroku.com/articles/platform-api-reference#app-transfer
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.transfers import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.auth import authorization, rights
from localheroku.core.body_schema import FLAG, REFERENCE, TEXT, reference
from localheroku.core.errors import MissingFieldsError
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    app = apps.find(call.platform, reference(call.body["app"]))
    recipient = accounts.find(call.platform, reference(call.body["recipient"]))
    return models.document(call.platform, models.offer(call.platform, app, recipient))


async def listing(call: Call) -> list[Document]:
    every = models.of_caller(call.platform)
    return [models.document(call.platform, transfer) for transfer in every]


async def info(call: Call) -> Document:
    return models.document(call.platform, models.find(call.platform, call.path["transfer"]))


async def update(call: Call) -> Document:
    transfer = models.find(call.platform, call.path["transfer"])
    return models.document(
        call.platform, models.decide(call.platform, transfer, call.body["state"])
    )


async def remove(call: Call) -> Document:
    transfer = models.find(call.platform, call.path["transfer"])
    authorization.require(
        call.platform, apps.find(call.platform, transfer.parent or ""), rights.TRANSFER
    )
    call.platform.store.remove(transfer)
    return models.document(call.platform, transfer)


async def update_of_team(call: Call) -> Document:
    """Lock or unlock a team's app, or transfer an app to a team or a person."""
    platform, body = call.platform, call.body
    app = apps.find(platform, call.path["app"])
    if not body:
        raise MissingFieldsError(names="locked or owner")
    if "owner" in body:
        authorization.require(platform, app, rights.TRANSFER)
        app = _transfer_now(call, app, reference(body["owner"]))
    if "locked" in body:
        app = apps.find_of_team(platform, app.id)
        app = apps.update(platform, app, {"locked": body["locked"]})
    return apps.team_document(platform, app)


def _transfer_now(call: Call, app: apps.App, owner: str) -> apps.App:
    if "@" in owner:
        person = accounts.find(call.platform, owner)
        return models.give_to_person(call.platform, app, person)
    authorization.require_in_team(call.platform, owner, rights.CREATE_APPS)
    return models.give_to_team(call.platform, app, teams.find(call.platform, owner))


NEW = {"app": REFERENCE.must(), "recipient": REFERENCE.must(), "silent": FLAG}
ALL = "/account/app-transfers"
ONE = f"{ALL}/{{transfer}}"
OF_TEAM = {"locked": FLAG, "owner": REFERENCE}

ROUTES = [
    Endpoint(f"POST   {ALL}", create, status=201, takes=NEW, needs=rights.TRANSFER),
    Endpoint(f"GET    {ALL}", listing, order_by=("created_at", "id"), needs=rights.KEY),
    Endpoint(f"GET    {ONE}", info, needs=rights.KEY),
    Endpoint(f"PATCH  {ONE}", update, takes={"state": TEXT.must()}, needs=rights.KEY),
    Endpoint(f"DELETE {ONE}", remove, needs=rights.KEY),
    Endpoint("PATCH  /teams/apps/{app}", update_of_team, takes=OF_TEAM, needs=rights.LOCK),
]
