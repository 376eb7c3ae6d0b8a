"""Endpoints for domains.

https://devcenter.heroku.com/articles/platform-api-reference#domain
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.domains import models
from localheroku.api.domains.sni_endpoints import models as sni_endpoints
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import REFERENCE, TEXT, reference
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    domain = models.add(call.platform, app, call.body["hostname"], _sni_endpoint(call, app))
    return models.document(call.platform, app, domain)


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [
        models.document(call.platform, app, domain) for domain in models.of_app(call.platform, app)
    ]


async def info(call: Call) -> Document:
    return models.document(call.platform, *_domain(call))


async def update(call: Call) -> Document:
    app, domain = _domain(call)
    changed = call.platform.change(domain, sni_endpoint=_sni_endpoint(call, app))
    return models.document(call.platform, app, changed)


async def remove(call: Call) -> Document:
    app, domain = _domain(call)
    models.remove(call.platform, domain)
    return models.document(call.platform, app, domain)


def _domain(call: Call) -> tuple[apps.App, models.Domain]:
    app = apps.find(call.platform, call.path["app"])
    return app, models.find(call.platform, app, call.path["domain"])


def _sni_endpoint(call: Call, app: apps.App) -> dict[str, str] | None:
    identity = call.body["sni_endpoint"]
    if identity is None:
        return None
    return sni_endpoints.brief(sni_endpoints.find(call.platform, app, reference(identity)))


SNI_ENDPOINT = {"sni_endpoint": REFERENCE.or_null().must()}
NEW = {"hostname": TEXT.must(), **SNI_ENDPOINT}

ROUTES = [
    Endpoint("POST   /apps/{app}/domains", create, status=201, takes=NEW, needs=rights.CONFIGURE),
    Endpoint("GET    /apps/{app}/domains", listing, order_by=("hostname", "id"), needs=rights.VIEW),
    Endpoint("GET    /apps/{app}/domains/{domain}", info, needs=rights.VIEW),
    Endpoint(
        "PATCH  /apps/{app}/domains/{domain}", update, takes=SNI_ENDPOINT, needs=rights.CONFIGURE
    ),
    Endpoint("DELETE /apps/{app}/domains/{domain}", remove, needs=rights.CONFIGURE),
]
