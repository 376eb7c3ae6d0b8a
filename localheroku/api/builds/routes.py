"""Endpoints for builds and sources.

https://devcenter.heroku.com/articles/platform-api-reference#build
"""

from __future__ import annotations

import secrets

from localheroku.api.apps import models as apps
from localheroku.api.builds import models
from localheroku.api.builds.buildpacks.models import address
from localheroku.api.builds.models import NewBuild
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, OBJECTS, TEXT
from localheroku.core.state import Document

SOURCE = {
    "url": TEXT.must(),
    "checksum": TEXT.or_null(),
    "version": TEXT.or_null(),
    "version_description": TEXT.or_null(),
}
LIST = ("created_at as started_at", "id")
NEW = {"source_blob": OBJECT.must(), "buildpacks": OBJECTS.or_null()}


async def create(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    source, buildpacks = call.body["source_blob"], call.body.get("buildpacks")
    body_schema.check(source, SOURCE)
    new = NewBuild(
        url=source["url"],
        checksum=source.get("checksum"),
        commit=source.get("version"),
        buildpacks=buildpacks and [address(buildpack) for buildpack in buildpacks],
    )
    build = call.platform.builds.start(app, new)
    return models.document(call.platform, build, with_source=True)


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    with_source = authorization.allows(call.platform, app, rights.PULL)
    every = models.every(call.platform, app)
    return [models.document(call.platform, build, with_source=with_source) for build in every]


async def info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    build = models.find(call.platform, app, call.path["build"])
    with_source = authorization.allows(call.platform, app, rights.PULL)
    return models.document(call.platform, build, with_source=with_source)


async def empty_cache(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    call.platform.change(app, build_cache=f"-{secrets.token_hex(8)}")
    return {}


async def source(call: Call) -> Document:
    """Return a URL to upload an archive to, and the URL from which a build then downloads it."""
    upload, stream = call.platform.uploads.offer(), call.platform.settings.stream
    keys = {"get_url": upload.read, "put_url": upload.write}
    return {"source_blob": {name: stream("source", key) for name, key in keys.items()}}


ROUTES = [
    Endpoint("DELETE /apps/{app}/build-cache", empty_cache, status=202, needs=rights.PUSH),
    Endpoint("POST /apps/{app}/builds", create, status=201, takes=NEW, needs=rights.PUSH),
    Endpoint("GET  /apps/{app}/builds", listing, order_by=LIST, needs=rights.VIEW),
    Endpoint("GET  /apps/{app}/builds/{build}", info, needs=rights.VIEW),
    Endpoint("POST /sources", source, status=201, needs=rights.KEY),
    Endpoint("POST /apps/{app}/sources", source, status=201, needs=rights.PUSH),
]
