"""Endpoints for OAuth authorizations.

https://devcenter.heroku.com/articles/platform-api-reference#oauth-authorization
"""

from __future__ import annotations

from typing import Any

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.oauth import models
from localheroku.api.oauth.clients import models as clients
from localheroku.api.oauth.models import Authorization, NewAuthorization
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import REFERENCE, TEXT, TEXTS, BodyField, reference
from localheroku.core.state import Document


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | str) and str(value).isdecimal()


# The Heroku CLI sends the number as text, as the user typed it, and no scope by default.
SECONDS = BodyField(_is_seconds, "a whole number of seconds")
NEW = {
    "scope": TEXTS,
    "description": TEXT,
    "expires_in": SECONDS.or_null(),
    "client": REFERENCE.or_null(),
}
CLIENT = {"id": TEXT.must(), "secret": TEXT.must()}
CHANGES = {"description": TEXT, "client": body_schema.OBJECT.or_null()}


async def create(call: Call) -> Document:
    platform, body = call.platform, call.body
    expires_in, client = body.get("expires_in"), body.get("client")
    new = NewAuthorization(
        description=body.get("description", models.DEFAULT_DESCRIPTION),
        scope=body.get("scope", models.DEFAULT_SCOPE),
        expires_in=None if expires_in is None else int(expires_in),
        client=clients.find(platform, reference(client)) if client else None,
    )
    authorization = models.create(platform, accounts.current(platform), new)
    return models.document(platform, authorization)


async def listing(call: Call) -> list[Document]:
    every = models.every(call.platform, accounts.current(call.platform))
    return [models.document(call.platform, authorization) for authorization in every]


async def info(call: Call) -> Document:
    return models.document(call.platform, _authorization(call))


async def update(call: Call) -> Document:
    """Change the description, or the client if the request has the client's secret."""
    platform, changes = call.platform, dict(call.body)
    credentials = changes.pop("client", None)
    if credentials:
        body_schema.check(credentials, CLIENT)
        client = clients.find(platform, credentials["id"])
        clients.check_secret(client, credentials["secret"])
        changes["client_id"] = client.id
    changed = platform.change(_authorization(call), **changes)
    return models.document(platform, changed)


async def remove(call: Call) -> Document:
    authorization = _authorization(call)
    document = models.document(call.platform, authorization)
    call.platform.store.remove(authorization)
    return document


async def regenerate(call: Call) -> Document:
    authorization = _authorization(call)
    models.regenerate(call.platform, authorization)
    return models.document(call.platform, authorization)


def _authorization(call: Call) -> Authorization:
    account = accounts.current(call.platform)
    return models.find(call.platform, account, call.path["authorization"])


PATH = "/oauth/authorizations"
ONE = f"{PATH}/{{authorization}}"

ROUTES = [
    Endpoint(f"POST   {PATH}", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint(f"GET    {PATH}", listing, order_by=("id",), needs=rights.KEY),
    Endpoint(f"GET    {ONE}", info, needs=rights.KEY),
    Endpoint(f"PATCH  {ONE}", update, takes=CHANGES, needs=rights.KEY),
    Endpoint(f"DELETE {ONE}", remove, needs=rights.KEY),
    Endpoint(f"POST   {ONE}/actions/regenerate-tokens", regenerate, needs=rights.KEY),
]
