"""Endpoints for OAuth tokens and sessions.

https://devcenter.heroku.com/articles/platform-api-reference#oauth-token

The published schema does not list sessions; the Heroku CLI lists and ends them.
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.oauth.tokens import models
from localheroku.api.oauth.tokens.errors import GrantTypeError
from localheroku.api.oauth.tokens.models import GRANT_TYPES, REFRESH
from localheroku.auth import rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, TEXT
from localheroku.core.state import Document

NEW = {"grant": OBJECT.must(), "client": OBJECT.must(), "refresh_token": OBJECT.or_null()}
GRANT = {"type": TEXT.must(), "code": TEXT.or_null()}
CLIENT = {"secret": TEXT.must()}
TOKEN = {"token": TEXT.must()}


async def create(call: Call) -> Document:
    platform, grant, client = call.platform, call.body["grant"], call.body["client"]
    body_schema.check(grant, GRANT)
    body_schema.check(client, CLIENT)
    account, secret = accounts.current(platform), client["secret"]
    if grant["type"] not in GRANT_TYPES:
        raise GrantTypeError(name=grant["type"], known=", ".join(GRANT_TYPES))
    if grant["type"] == REFRESH:
        refresh = call.body.get("refresh_token") or {}
        body_schema.check(refresh, TOKEN)
        token = models.renew(platform, account, refresh["token"], secret)
    else:
        token = models.take(platform, account, grant.get("code") or "", secret)
    return models.document(platform, account, token)


async def remove(call: Call) -> Document:
    account = accounts.current(call.platform)
    token = models.find(call.platform, account, call.path["token"])
    document = models.document(call.platform, account, token)
    call.platform.store.remove(token)
    return document


async def sessions(call: Call) -> list[Document]:
    account = accounts.current(call.platform)
    every = models.sessions(call.platform, account)
    return [models.session_document(call.platform, account, token) for token in every]


async def end_session(call: Call) -> Document:
    account = accounts.current(call.platform)
    token = models.find_session(call.platform, account, call.path["session"])
    document = models.session_document(call.platform, account, token)
    call.platform.store.remove(token)
    return document


ROUTES = [
    Endpoint("POST   /oauth/tokens", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint("DELETE /oauth/tokens/{token}", remove, needs=rights.KEY),
    Endpoint("GET    /oauth/sessions", sessions, order_by=("id",), needs=rights.KEY),
    Endpoint("DELETE /oauth/sessions/{session}", end_session, needs=rights.KEY),
]
