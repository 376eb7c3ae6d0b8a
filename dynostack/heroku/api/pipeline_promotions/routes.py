"""https://devcenter.heroku.com/articles/platform-api-reference#pipeline-promotion"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynostack.heroku import fields
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
    promotion = models.start(call.platform, pipeline, source, targets)
    return models.document(call.platform, promotion)


async def info(call: Call) -> Document:
    promotion = models.find(call.platform, call.path["promotion"])
    return models.document(call.platform, promotion)


async def targets(call: Call) -> list[Document]:
    promotion = models.find(call.platform, call.path["promotion"])
    every = models.targets(call.platform, promotion)
    return [models.target_document(call.platform, target) for target in every]


def _app(call: Call, given: Mapping[str, Any]) -> App:
    fields.check(given, APP)
    return apps.find(call.platform, reference(given["app"]))


NEW = {"pipeline": REFERENCE.must(), "source": OBJECT.must(), "targets": OBJECTS.must()}

ROUTES = [
    Endpoint("POST /pipeline-promotions", create, status=201, takes=NEW),
    Endpoint("GET  /pipeline-promotions/{promotion}", info),
    Endpoint("GET  /pipeline-promotions/{promotion}/promotion-targets", targets, order_by=("id",)),
]
