"""Which repository of this machine stands for the one of GitHub that a pipeline is connected to."""

from __future__ import annotations

from dynostack.heroku.access.rights import KEY
from dynostack.heroku.api.pipeline_repositories import models
from dynostack.heroku.api.pipelines import models as pipelines
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import TEXT
from dynostack.heroku.platform import Document


async def connect(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.body["pipeline"])
    repository = await models.connect(
        call.platform, pipeline, call.body["full_name"], call.body["path"]
    )
    return {**models.document(pipeline, repository), "path": repository.path}


NEW = {"pipeline": TEXT.must(), "full_name": TEXT.must(), "path": TEXT.must()}

ROUTES = [Endpoint("POST /_local/repositories", connect, status=201, takes=NEW, needs=KEY)]
