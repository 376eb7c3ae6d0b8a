"""What `heroku reviewapps` asks of the repository that a pipeline is connected to."""

from __future__ import annotations

from dynostack.heroku.access import rights
from dynostack.heroku.api.pipeline_repositories import models
from dynostack.heroku.api.pipeline_repositories.models import Repository
from dynostack.heroku.api.pipelines import models as pipelines
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.platform import Document


async def info(call: Call) -> Document:
    return models.document(_repository(call))


async def branch(call: Call) -> Document:
    found = await models.find_branch(_repository(call), call.path["branch"])
    return models.branch_document(found)


def _repository(call: Call) -> Repository:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    return models.of_pipeline(call.platform, pipeline)


VIEW = rights.VIEW_PIPELINE

ROUTES = [
    Endpoint("GET /pipelines/{pipeline}/repo", info, needs=VIEW),
    Endpoint("GET /pipelines/{pipeline}/repo/branches/{branch}", branch, needs=VIEW),
]
