"""https://devcenter.heroku.com/articles/platform-api-reference#pipeline-transfer"""

from __future__ import annotations

from dynostack.heroku import fields
from dynostack.heroku.access import checks, rights
from dynostack.heroku.api.pipeline_transfers import models
from dynostack.heroku.api.pipelines import models as pipelines
from dynostack.heroku.api.teams.models import Team
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECT, REFERENCE, TEXT, reference
from dynostack.heroku.platform import Document

OWNER = {"id": TEXT.must(), "type": TEXT.must()}


async def create(call: Call) -> Document:
    given = call.body["new_owner"]
    fields.check(given, OWNER)
    pipeline = pipelines.find(call.platform, reference(call.body["pipeline"]))
    checks.require_in_pipeline(call.platform, pipeline, rights.MANAGE_PIPELINE)
    for app in models.apps_of(call.platform, pipeline):
        checks.require(call.platform, app, rights.TRANSFER)
    owner = models.find_owner(call.platform, given["type"], given["id"])
    if isinstance(owner, Team):
        checks.require_in_team(call.platform, owner.id, rights.CREATE_PIPELINES)
    return models.transfer(call.platform, pipeline, owner)


NEW = {"pipeline": REFERENCE.must(), "new_owner": OBJECT.must()}

ROUTES = [Endpoint("POST /pipeline-transfers", create, status=201, takes=NEW, needs=rights.KEY)]
