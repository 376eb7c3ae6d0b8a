"""https://devcenter.heroku.com/articles/platform-api-reference#pipeline-promotion"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynostack.heroku import fields
from dynostack.heroku.access import checks, rights
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.api.apps.models import App
from dynostack.heroku.api.pipeline_promotions import models
from dynostack.heroku.api.pipelines import models as pipelines
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import OBJECT, OBJECTS, REFERENCE, reference
from dynostack.heroku.platform import Document

APP = {"app": REFERENCE.must()}


async def create(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, reference(call.body["pipeline"]))
    source = _app(call, call.body["source"])
    targets = [_app(call, given) for given in call.body["targets"]]
    for app in (source, *targets):
        checks.require(call.platform, app, rights.PUSH)
    promotion = models.start(call.platform, pipeline, source, targets)
    return models.document(call.platform, promotion)


async def info(call: Call) -> Document:
    return models.document(call.platform, _promotion(call))


async def targets(call: Call) -> list[Document]:
    every = models.targets(call.platform, _promotion(call))
    return [models.target_document(call.platform, target) for target in every]


def _promotion(call: Call) -> models.Promotion:
    promotion = models.find(call.platform, call.path["promotion"])
    pipeline = pipelines.find(call.platform, promotion.parent or "")
    checks.require_in_pipeline(call.platform, pipeline, rights.VIEW_PIPELINE)
    return promotion


def _app(call: Call, given: Mapping[str, Any]) -> App:
    fields.check(given, APP)
    return apps.find(call.platform, reference(given["app"]))


NEW = {"pipeline": REFERENCE.must(), "source": OBJECT.must(), "targets": OBJECTS.must()}

ROUTES = [
    Endpoint("POST /pipeline-promotions", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint("GET  /pipeline-promotions/{promotion}", info, needs=rights.KEY),
    Endpoint(
        "GET  /pipeline-promotions/{promotion}/promotion-targets",
        targets,
        order_by=("id",),
        needs=rights.KEY,
    ),
]
