"""Endpoints for the add-on services that a team allows.

https://devcenter.heroku.com/articles/platform-api-reference#allowed-add-on-service
"""

from __future__ import annotations

from localheroku.api.addons.allowed_services import models
from localheroku.api.addons.services import models as services
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Team
from localheroku.auth import rights
from localheroku.core.body_schema import REFERENCE, reference
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    return _every(call, _team(call))


async def allow(call: Call) -> list[Document]:
    """Allow an add-on service and return all allowed services."""
    team = _team(call)
    service = services.find(call.platform, reference(call.body["addon_service"]))
    models.allow(call.platform, team, service)
    return _every(call, team)


async def disallow(call: Call) -> Document:
    allowed = models.find(call.platform, _team(call), call.path["service"])
    call.platform.store.remove(allowed)
    return models.document(call.platform, allowed)


def _every(call: Call, team: Team) -> list[Document]:
    every = models.of_team(call.platform, team)
    return [models.document(call.platform, allowed) for allowed in every]


def _team(call: Call) -> Team:
    return teams.find(call.platform, call.path["team"])


PATH = "/teams/{team}/allowed-addon-services"
NEW = {"addon_service": REFERENCE.must()}
LIST = ("id", "added_at")
VIEW, MANAGE = rights.VIEW_TEAM, rights.MANAGE_TEAM

ROUTES = [
    Endpoint(f"GET    {PATH}", listing, order_by=LIST, needs=VIEW),
    Endpoint(f"POST   {PATH}", allow, status=201, takes=NEW, order_by=LIST, needs=MANAGE),
    Endpoint(f"DELETE {PATH}/{{service}}", disallow, needs=MANAGE),
]
