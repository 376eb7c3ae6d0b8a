"""The endpoint for the permissions in a team.

https://devcenter.heroku.com/articles/platform-api-reference#permission-entity
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.api.teams.permissions import models
from localheroku.auth import rights
from localheroku.core.state import Document


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
