"""Endpoints for spaces.

https://devcenter.heroku.com/articles/platform-api-reference#space
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.dynos import models as dynos
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import models
from localheroku.api.spaces.errors import SpaceFeatureError, SpaceGenerationError
from localheroku.api.spaces.models import NewSpace
from localheroku.api.spaces.records import Space, find
from localheroku.api.teams import models as teams
from localheroku.auth import authorization, rights
from localheroku.core.body_schema import FLAG, REFERENCE, TEXT, TEXTS, reference
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    body = call.body
    if reference(body.get("generation", models.GENERATION)) != models.GENERATION:
        raise SpaceGenerationError(
            generation=reference(body["generation"]), known=models.GENERATION
        )
    for feature in body.get("features", []):
        raise SpaceFeatureError(feature=feature)
    new = NewSpace(
        name=body["name"],
        region=reference(body["region"]) if body.get("region") else None,
        shield=body.get("shield", False),
        cidr=body.get("cidr"),
        data_cidr=body.get("data_cidr"),
    )
    team = teams.find(call.platform, reference(body["team"]))
    return models.document(call.platform, models.create(call.platform, team, new))


async def listing(call: Call) -> list[Document]:
    account = accounts.current(call.platform)
    return [
        models.document(call.platform, space)
        for space in call.platform.store.every(Space)
        if teams.membership(call.platform, teams.find(call.platform, space.team_id), account)
    ]


async def listing_of_team(call: Call) -> list[Document]:
    team = teams.find(call.platform, call.path["team"])
    return [models.document(call.platform, space) for space in models.of_team(call.platform, team)]


async def info(call: Call) -> Document:
    return models.document(call.platform, _space(call))


async def update(call: Call) -> Document:
    space = _space(call)
    changed = models.rename(call.platform, space, call.body.get("name", space.name))
    return models.document(call.platform, changed)


async def remove(call: Call) -> Document:
    space = _space(call)
    document = models.document(call.platform, space)
    models.remove(call.platform, space)
    return {**document, "state": "deleting"}


async def transfer(call: Call) -> Document:
    team = teams.find(call.platform, call.body["new_owner"])
    authorization.require_in_team(call.platform, team.id, rights.MANAGE_SPACES)
    return models.document(call.platform, models.transfer(call.platform, _space(call), team))


async def nat(call: Call) -> Document:
    return models.nat_document(_space(call))


async def peering_info(call: Call) -> Document:
    return models.peering_info_document(call.platform, _space(call))


async def dynos_in(call: Call) -> list[Document]:
    """Return the dynos of the space, for `heroku spaces:ps`.

    The published schema does not list this endpoint.
    """
    return [
        {
            "app_id": app.id,
            "app_name": app.name,
            "dynos": [
                dynos.document(call.platform, app, dyno) for dyno in dynos.every(call.platform, app)
            ],
        }
        for app in models.apps_in(call.platform, _space(call))
    ]


async def topology(call: Call) -> Document:
    return models.topology_document(call.platform, _space(call))


def _space(call: Call) -> Space:
    return find(call.platform, call.path["space"])


NEW = {
    "name": TEXT.must(),
    "team": REFERENCE.must(),
    "region": REFERENCE.or_null(),
    "shield": FLAG,
    "cidr": TEXT.or_null(),
    "data_cidr": TEXT.or_null(),
    "features": TEXTS,
    "generation": REFERENCE,
}
LIST = ("id", "name")
VIEW, MANAGE = rights.VIEW_SPACES, rights.MANAGE_SPACES
NEW_OWNER = {"new_owner": TEXT.must()}

ROUTES = [
    Endpoint("POST   /spaces", create, status=201, takes=NEW, needs=MANAGE),
    Endpoint("GET    /spaces", listing, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /spaces/{space}", info, needs=VIEW),
    Endpoint("PATCH  /spaces/{space}", update, takes={"name": TEXT}, needs=MANAGE),
    Endpoint("DELETE /spaces/{space}", remove, needs=MANAGE),
    Endpoint("POST   /spaces/{space}/transfer", transfer, takes=NEW_OWNER, needs=MANAGE),
    Endpoint("GET    /spaces/{space}/nat", nat, needs=VIEW),
    Endpoint("GET    /spaces/{space}/peering-info", peering_info, needs=VIEW),
    Endpoint("GET    /spaces/{space}/topology", topology, needs=VIEW),
    Endpoint("GET    /spaces/{space}/dynos", dynos_in, order_by=("app_name",), needs=VIEW),
    Endpoint("GET    /teams/{team}/spaces", listing_of_team, order_by=LIST, needs=VIEW),
]
