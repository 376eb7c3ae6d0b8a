"""Endpoints for the configuration of review apps.

https://devcenter.heroku.com/articles/platform-api-reference#review-app-config
"""

from __future__ import annotations

from typing import Any

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.review_app_config import models
from localheroku.api.pipelines.review_app_config.models import ReviewAppConfig
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import FLAG, OBJECT, TEXT, WHOLE
from localheroku.core.state import Document

TARGET = {"id": TEXT.must(), "type": TEXT.must()}


async def enable(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    config = models.enable(call.platform, pipeline, call.body["repo"], _options(call))
    return models.document(config)


async def info(call: Call) -> Document:
    return models.document(_config(call))


async def update(call: Call) -> Document:
    return models.document(models.update(call.platform, _config(call), _options(call)))


async def disable(call: Call) -> Document:
    config = _config(call)
    call.platform.store.remove(config)
    return models.document(config)


def _config(call: Call) -> ReviewAppConfig:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    return models.of_pipeline(call.platform, pipeline)


def _options(call: Call) -> dict[str, Any]:
    if target := call.body.get("deploy_target"):
        body_schema.check(target, TARGET)
    return {name: value for name, value in call.body.items() if name in CHANGES}


CHANGES = {
    "automatic_review_apps": FLAG,
    "base_name": TEXT.or_null(),
    "deploy_target": OBJECT.or_null(),
    "destroy_stale_apps": FLAG,
    "stale_days": WHOLE,
    "wait_for_ci": FLAG,
}
# The Heroku CLI also sends the pipeline and the repository in every body.
NAMED = {"pipeline": TEXT, "repo": TEXT.or_null()}
PATH = "/pipelines/{pipeline}/review-app-config"

NEW = {**NAMED, **CHANGES, "repo": TEXT.or_null().must()}
VIEW, USE = rights.VIEW_PIPELINE, rights.USE_PIPELINE

ROUTES = [
    Endpoint(f"POST   {PATH}", enable, status=201, takes=NEW, needs=USE),
    Endpoint(f"GET    {PATH}", info, needs=VIEW),
    Endpoint(f"PATCH  {PATH}", update, takes={**NAMED, **CHANGES}, needs=USE),
    Endpoint(f"DELETE {PATH}", disable, takes={**NAMED, **CHANGES}, needs=USE),
]
