"""Endpoints for the repository of a pipeline, which `heroku reviewapps` calls."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.repositories import models
from localheroku.auth import rights
from localheroku.core.state import Document


async def info(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    return models.document(pipeline, models.known(call.platform, pipeline))


async def branch(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    repository = models.of_pipeline(call.platform, pipeline)
    return models.branch_document(await models.find_branch(repository, call.path["branch"]))


VIEW = rights.VIEW_PIPELINE

ROUTES = [
    Endpoint("GET /pipelines/{pipeline}/repo", info, needs=VIEW),
    Endpoint("GET /pipelines/{pipeline}/repo/branches/{branch}", branch, needs=VIEW),
]
