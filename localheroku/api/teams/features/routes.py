"""Endpoints for team features.

https://devcenter.heroku.com/articles/platform-api-reference#team-feature
"""

from __future__ import annotations

from localheroku.api.apps.features import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    """Return the features, which are the same for every team: no endpoint switches them."""
    return [models.document(feature, []) for feature in call.platform.catalogue.team_features]


async def info(call: Call) -> Document:
    feature = models.find(call.platform.catalogue.team_features, call.path["feature"])
    return models.document(feature, [])


VIEW = rights.VIEW_TEAM

ROUTES = [
    Endpoint("GET /teams/{team}/features", listing, order_by=("name", "id"), needs=VIEW),
    Endpoint("GET /teams/{team}/features/{feature}", info, needs=VIEW),
]
