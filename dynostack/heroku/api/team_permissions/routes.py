"""https://devcenter.heroku.com/articles/platform-api-reference#permission-entity"""

from __future__ import annotations

from dynostack.heroku.access import rights
from dynostack.heroku.api.team_permissions import models
from dynostack.heroku.api.teams import models as teams
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


async def listing(call: Call) -> list[Document]:
    return models.documents(call.platform, teams.find(call.platform, call.path["team"]))


ROUTES = [
    Endpoint(
        "GET /teams/{team}/permissions",
        listing,
        order_by=("id", "name"),
        needs=rights.MANAGE_MEMBERS,
    )
]
