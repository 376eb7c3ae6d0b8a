"""Endpoints for review apps.

https://devcenter.heroku.com/articles/platform-api-reference#review-app
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.review_apps import models
from localheroku.api.pipelines.review_apps.errors import EnvironmentValueError
from localheroku.api.pipelines.review_apps.models import NewReviewApp, ReviewApp
from localheroku.auth import authorization, rights
from localheroku.auth.rights import PipelineRight
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, REFERENCE, TEXT, WHOLE, reference
from localheroku.core.state import Document

SOURCE = {"url": TEXT.must(), "version": TEXT.or_null()}


async def create(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, reference(call.body["pipeline"]))
    authorization.require_in_pipeline(call.platform, pipeline, rights.USE_PIPELINE)
    source, environment = call.body["source_blob"], call.body.get("environment") or {}
    body_schema.check(source, SOURCE)
    if not all(isinstance(value, str) for value in environment.values()):
        raise EnvironmentValueError
    new = NewReviewApp(
        branch=call.body["branch"],
        source=source["url"],
        commit=source.get("version"),
        pr_number=call.body.get("pr_number"),
        fork_repo_id=call.body.get("fork_repo_id"),
        environment=environment,
    )
    return models.document(call.platform, call.platform.review_apps.start(pipeline, new))


async def listing(call: Call) -> list[Document]:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    every = models.of_pipeline(call.platform, pipeline)
    return [models.document(call.platform, review_app) for review_app in every]


async def info(call: Call) -> Document:
    return models.document(call.platform, _review_app(call, rights.VIEW_PIPELINE))


async def info_of_app(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return models.document(call.platform, models.of_app(call.platform, app))


async def remove(call: Call) -> Document:
    review_app = _review_app(call, rights.USE_PIPELINE)
    return models.document(call.platform, call.platform.review_apps.remove(review_app))


def _review_app(call: Call, right: PipelineRight) -> ReviewApp:
    review_app = models.find(call.platform, call.path["review_app"])
    pipeline = pipelines.find(call.platform, review_app.parent or "")
    authorization.require_in_pipeline(call.platform, pipeline, right)
    return review_app


NEW = {
    "branch": TEXT.must(),
    "pipeline": REFERENCE.must(),
    "source_blob": OBJECT.must(),
    "pr_number": WHOLE.or_null(),
    "environment": OBJECT.or_null(),
    "fork_repo_id": WHOLE.or_null(),
}

LIST = ("id", "created_at")
KEY, VIEW = rights.KEY, rights.VIEW_PIPELINE

ROUTES = [
    Endpoint("POST   /review-apps", create, status=201, takes=NEW, needs=KEY),
    Endpoint("GET    /review-apps/{review_app}", info, needs=KEY),
    Endpoint("DELETE /review-apps/{review_app}", remove, needs=KEY),
    Endpoint("GET    /pipelines/{pipeline}/review-apps", listing, order_by=LIST, needs=VIEW),
    Endpoint("GET    /apps/{app}/review-app", info_of_app, needs=rights.VIEW),
]
