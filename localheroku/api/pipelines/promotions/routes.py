"""Endpoints for promotions.

https://devcenter.heroku.com/articles/platform-api-reference#pipeline-promotion
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.promotions import models
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, OBJECTS, REFERENCE, reference
from localheroku.core.state import Document

APP = {"app": REFERENCE.must()}


async def create(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, reference(call.body["pipeline"]))
    source = _app(call, call.body["source"])
    targets = [_app(call, target) for target in call.body["targets"]]
    for app in (source, *targets):
        authorization.require(call.platform, app, rights.PUSH)
    promotion = call.platform.promotions.start(pipeline, source, targets)
    return models.document(call.platform, promotion)


async def info(call: Call) -> Document:
    return models.document(call.platform, _promotion(call))


async def targets(call: Call) -> list[Document]:
    every = models.targets(call.platform, _promotion(call))
    return [models.target_document(call.platform, target) for target in every]


def _promotion(call: Call) -> models.Promotion:
    promotion = models.find(call.platform, call.path["promotion"])
    pipeline = pipelines.find(call.platform, promotion.parent or "")
    authorization.require_in_pipeline(call.platform, pipeline, rights.VIEW_PIPELINE)
    return promotion


def _app(call: Call, target: Mapping[str, Any]) -> App:
    body_schema.check(target, APP)
    return apps.find(call.platform, reference(target["app"]))


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
