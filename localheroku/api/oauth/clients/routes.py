"""Endpoints for OAuth clients.

https://devcenter.heroku.com/articles/platform-api-reference#oauth-client
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.oauth.clients import models
from localheroku.api.oauth.clients.models import Client
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document

NEW = {"name": TEXT.must(), "redirect_uri": TEXT.must()}
CHANGES = {"name": TEXT, "redirect_uri": TEXT}


async def create(call: Call) -> Document:
    account = accounts.current(call.platform)
    return models.document(models.create(call.platform, account, **call.body))


async def listing(call: Call) -> list[Document]:
    every = models.every(call.platform, accounts.current(call.platform))
    return [models.document(client) for client in every]


async def info(call: Call) -> Document:
    return models.document(_client(call))


async def update(call: Call) -> Document:
    return models.document(models.update(call.platform, _client(call), **call.body))


async def rotate(call: Call) -> Document:
    return models.document(models.rotate(call.platform, _client(call)))


async def remove(call: Call) -> Document:
    client = _client(call)
    call.platform.store.remove(client)
    return models.document(client)


def _client(call: Call) -> Client:
    account = accounts.current(call.platform)
    return models.find_own(call.platform, account, call.path["client"])


PATH = "/oauth/clients"
ONE = f"{PATH}/{{client}}"

ROUTES = [
    Endpoint(f"POST   {PATH}", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint(f"GET    {PATH}", listing, order_by=("id", "name"), needs=rights.KEY),
    Endpoint(f"GET    {ONE}", info, needs=rights.KEY),
    Endpoint(f"PATCH  {ONE}", update, takes=CHANGES, needs=rights.KEY),
    Endpoint(f"DELETE {ONE}", remove, needs=rights.KEY),
    Endpoint(f"POST   {ONE}/actions/rotate-credentials", rotate, needs=rights.KEY),
]
