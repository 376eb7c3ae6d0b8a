"""Endpoints for the latest builds, releases and deployments of a pipeline.

https://devcenter.heroku.com/articles/platform-api-reference#pipeline-deployment
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.latest import models
from localheroku.api.pipelines.models import Pipeline
from localheroku.auth import rights
from localheroku.core.state import Document


async def builds(call: Call) -> list[Document]:
    return models.latest_builds(call.platform, _pipeline(call))


async def releases(call: Call) -> list[Document]:
    return models.latest_releases(call.platform, _pipeline(call))


async def deployments(call: Call) -> list[Document]:
    return models.latest_deployments(call.platform, _pipeline(call))


async def stack(call: Call) -> Document:
    return models.stack_document(call.platform, _pipeline(call))


def _pipeline(call: Call) -> Pipeline:
    return pipelines.find(call.platform, call.path["pipeline"])


LIST = ("id", "created_at")
VIEW = rights.VIEW_PIPELINE

ROUTES = [
    Endpoint("GET /pipelines/{pipeline}/latest-builds", builds, order_by=LIST, needs=VIEW),
    Endpoint("GET /pipelines/{pipeline}/latest-releases", releases, order_by=LIST, needs=VIEW),
    Endpoint(
        "GET /pipelines/{pipeline}/latest-deployments", deployments, order_by=LIST, needs=VIEW
    ),
    Endpoint("GET /pipelines/{pipeline}/pipeline-stack", stack, needs=VIEW),
]
