"""The endpoint that transfers a pipeline.

https://devcenter.heroku.com/articles/platform-api-reference#pipeline-transfer
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.transfers import models
from localheroku.api.teams.models import Team
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, REFERENCE, TEXT, reference
from localheroku.core.state import Document

OWNER = {"id": TEXT.must(), "type": TEXT.must()}


async def create(call: Call) -> Document:
    new_owner = call.body["new_owner"]
    body_schema.check(new_owner, OWNER)
    pipeline = pipelines.find(call.platform, reference(call.body["pipeline"]))
    authorization.require_in_pipeline(call.platform, pipeline, rights.MANAGE_PIPELINE)
    for app in models.apps_of(call.platform, pipeline):
        authorization.require(call.platform, app, rights.TRANSFER)
    owner = models.find_owner(call.platform, new_owner["type"], new_owner["id"])
    if isinstance(owner, Team):
        authorization.require_in_team(call.platform, owner.id, rights.CREATE_PIPELINES)
    return models.transfer(call.platform, pipeline, owner)


NEW = {"pipeline": REFERENCE.must(), "new_owner": OBJECT.must()}

ROUTES = [Endpoint("POST /pipeline-transfers", create, status=201, takes=NEW, needs=rights.KEY)]
