"""What `heroku reviewapps` asks of the repository that a pipeline is connected to."""

from __future__ import annotations

from dynostack.heroku.access import rights
from dynostack.heroku.api.pipeline_repositories import models
from dynostack.heroku.api.pipelines import models as pipelines
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


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
