"""Endpoints for team preferences.

https://devcenter.heroku.com/articles/platform-api-reference#team-preferences
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.api.teams.preferences import models
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG
from localheroku.core.state import Document


async def info(call: Call) -> Document:
    team = teams.find(call.platform, call.path["team"])
    return models.document(models.of_team(call.platform, team))


async def update(call: Call) -> Document:
    team = teams.find(call.platform, call.path["team"])
    present = models.of_team(call.platform, team)
    addons_controls = call.body.get("addons-controls", present.addons_controls)
    return models.document(models.decide(call.platform, team, addons_controls=addons_controls))


PATH = "/teams/{team}/preferences"
CHANGES = {"addons-controls": FLAG.or_null()}

ROUTES = [
    Endpoint(f"GET   {PATH}", info, needs=rights.VIEW_TEAM),
    Endpoint(f"PATCH {PATH}", update, takes=CHANGES, needs=rights.MANAGE_TEAM),
]
