"""https://devcenter.heroku.com/articles/platform-api-reference#team-feature"""

from __future__ import annotations

from dynostack.heroku import rights
from dynostack.heroku.api.features import models
from dynostack.heroku.catalogue import Named
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


async def listing(call: Call) -> list[Document]:
    return [_document(feature) for feature in call.platform.catalogue.team_features]


async def info(call: Call) -> Document:
    return _document(models.find(call.platform.catalogue.team_features, call.path["feature"]))


def _document(feature: Named) -> Document:
    """Every team has the same: there is no call that switches one."""
    return models.document(feature, [feature.name] if feature.row["enabled"] else [])


VIEW = rights.VIEW_TEAM

ROUTES = [
    Endpoint("GET /teams/{team}/features", listing, order_by=("name", "id"), needs=VIEW),
    Endpoint("GET /teams/{team}/features/{feature}", info, needs=VIEW),
]
