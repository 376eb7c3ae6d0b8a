"""Endpoints for slugs.

https://devcenter.heroku.com/articles/platform-api-reference#slug
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import OBJECT, REFERENCE, TEXT, reference
from localheroku.core.state import Document

NEW = {
    "process_types": OBJECT.must(),
    "stack": REFERENCE,
    "checksum": TEXT.or_null(),
    "commit": TEXT.or_null(),
    "commit_description": TEXT.or_null(),
    "buildpack_provided_description": TEXT.or_null(),
}


async def create(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    stack = call.body.get("stack")
    slug = models.create(call.platform, app, call.body, reference(stack) if stack else None)
    return models.document(call.platform, slug, method="put")


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    slug = releases.find_slug(call.platform, app, call.path["slug"])
    return models.document(call.platform, slug)


ROUTES = [
    Endpoint("POST /apps/{app}/slugs", create, status=201, takes=NEW, needs=rights.PUSH),
    Endpoint("GET  /apps/{app}/slugs/{slug}", info, needs=rights.PULL),
]
