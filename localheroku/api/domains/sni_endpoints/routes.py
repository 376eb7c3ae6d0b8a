"""Endpoints for certificates.

https://devcenter.heroku.com/articles/platform-api-reference#sni-endpoint

SSL endpoints are served the same way, because the published provider's `Cert` still uses them.
https://devcenter.heroku.com/articles/ssl-endpoint
"""

from __future__ import annotations

from functools import partial

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.domains.sni_endpoints import models
from localheroku.api.domains.sni_endpoints.models import SniEndpoint
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG, TEXT, Fields
from localheroku.core.state import Document


async def create(call: Call, *, older: bool) -> Document:
    app, body = apps.find(call.platform, call.path["app"]), call.body
    chain, key = body["certificate_chain"], body["private_key"]
    endpoint = models.add(call.platform, app, chain, key, older=older)
    return models.document(call.platform, app, endpoint)


async def listing(call: Call, *, older: bool) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    every = models.of_app(call.platform, app, older=older)
    return [models.document(call.platform, app, endpoint) for endpoint in every]


async def info(call: Call, *, older: bool) -> Document:
    return models.document(call.platform, *_endpoint(call, older))


async def update(call: Call, *, older: bool) -> Document:
    app, endpoint = _endpoint(call, older)
    chain, key = call.body["certificate_chain"], call.body["private_key"]
    changed = models.change(call.platform, endpoint, chain, key)
    return models.document(call.platform, app, changed)


async def remove(call: Call, *, older: bool) -> Document:
    app, endpoint = _endpoint(call, older)
    document = models.document(call.platform, app, endpoint)
    models.remove(call.platform, app, endpoint)
    return document


def _endpoint(call: Call, older: bool) -> tuple[App, SniEndpoint]:
    app = apps.find(call.platform, call.path["app"])
    return app, models.find(call.platform, app, call.path["endpoint"], older=older)


LIST = ("name", "id")
CERTIFICATE = {"certificate_chain": TEXT.must(), "private_key": TEXT.must()}


def _rows(every: str, takes: Fields, *, older: bool) -> list[Endpoint]:
    one, change = f"{every}/{{endpoint}}", partial(Endpoint, needs=rights.CONFIGURE)
    look = partial(Endpoint, needs=rights.VIEW)
    return [
        change(f"POST {every}", partial(create, older=older), status=201, takes=takes),
        look(f"GET {every}", partial(listing, older=older), order_by=LIST),
        look(f"GET {one}", partial(info, older=older)),
        change(f"PATCH {one}", partial(update, older=older), takes=takes),
        change(f"DELETE {one}", partial(remove, older=older)),
    ]


ROUTES = [
    *_rows("/apps/{app}/sni-endpoints", CERTIFICATE, older=False),
    *_rows("/apps/{app}/ssl-endpoints", {**CERTIFICATE, "preprocess": FLAG}, older=True),
]
