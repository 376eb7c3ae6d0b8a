"""https://devcenter.heroku.com/articles/platform-api-reference#oauth-authorization"""

from __future__ import annotations

from dynostack.heroku import rights
from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.oauth import models
from dynostack.heroku.api.oauth.models import Authorization
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import TEXT, TEXTS, WHOLE
from dynostack.heroku.platform import Document

NEW = {"scope": TEXTS.must(), "description": TEXT, "expires_in": WHOLE.or_null()}


async def create(call: Call) -> Document:
    body = call.body
    made = models.create(
        call.platform,
        accounts.current(call.platform),
        body.get("description", "Long-lived user authorization"),
        body["scope"],
        body.get("expires_in"),
    )
    return models.document(call.platform, made)


async def listing(call: Call) -> list[Document]:
    every = models.every(call.platform, accounts.current(call.platform))
    return [models.document(call.platform, authorization) for authorization in every]


async def info(call: Call) -> Document:
    return models.document(call.platform, _authorization(call))


async def remove(call: Call) -> Document:
    authorization = _authorization(call)
    call.platform.store.remove(authorization)
    return models.document(call.platform, authorization)


async def regenerate(call: Call) -> Document:
    renewed = models.regenerate(call.platform, _authorization(call))
    return models.document(call.platform, renewed)


def _authorization(call: Call) -> Authorization:
    account = accounts.current(call.platform)
    return models.find(call.platform, account, call.path["authorization"])


PATH = "/oauth/authorizations"
ONE = f"{PATH}/{{authorization}}"

ROUTES = [
    Endpoint(f"POST   {PATH}", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint(f"GET    {PATH}", listing, order_by=("id",), needs=rights.KEY),
    Endpoint(f"GET    {ONE}", info, needs=rights.KEY),
    Endpoint(f"DELETE {ONE}", remove, needs=rights.KEY),
    Endpoint(f"POST   {ONE}/actions/regenerate-tokens", regenerate, needs=rights.KEY),
]
