"""Endpoints for releases.

https://devcenter.heroku.com/articles/platform-api-reference#release
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import models
from localheroku.api.builds.releases.errors import SlugOrReleaseError
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.core.body_schema import REFERENCE, TEXT, reference
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    """Release a slug, or roll back to an earlier release."""
    app = apps.find(call.platform, call.path["app"])
    body, deployment = call.body, call.platform.deployment
    if ("slug" in body) == ("release" in body):
        raise SlugOrReleaseError
    if "release" in body:
        earlier = models.find(call.platform, app, body["release"])
        release = deployment.roll_back(app, earlier)
    else:
        authorization.require(call.platform, app, rights.PUSH)
        found = slugs.find(call.platform, reference(body["slug"]))
        authorization.require(
            call.platform, apps.find(call.platform, found.parent or ""), rights.PULL
        )
        slug = await slugs.install(call.platform, app, found)
        release = deployment.start(app, slug, body.get("description") or f"Deploy {slug.id[:8]}")
    return models.document(call.platform, app, release)


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return models.documents(call.platform, app, models.every(call.platform, app))


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    release = models.find(call.platform, app, call.path["release"])
    return models.document(call.platform, app, release)


NEW = {"slug": REFERENCE, "description": TEXT, "release": TEXT}

ROUTES = [
    Endpoint("POST /apps/{app}/releases", create, status=201, takes=NEW, needs=rights.ROLL_BACK),
    Endpoint("GET  /apps/{app}/releases", listing, order_by=("version", "id"), needs=rights.VIEW),
    Endpoint("GET  /apps/{app}/releases/{release}", info, needs=rights.VIEW),
]
