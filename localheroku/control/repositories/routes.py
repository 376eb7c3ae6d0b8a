"""Connects a repository on this machine in place of the GitHub one that a pipeline uses."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.repositories import models
from localheroku.auth.rights import KEY
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def connect(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.body["pipeline"])
    repository = await models.connect(
        call.platform, pipeline, call.body["full_name"], call.body["path"]
    )
    return {**models.document(pipeline, repository), "path": repository.path}


NEW = {"pipeline": TEXT.must(), "full_name": TEXT.must(), "path": TEXT.must()}

ROUTES = [Endpoint("POST /_local/repositories", connect, status=201, takes=NEW, needs=KEY)]
