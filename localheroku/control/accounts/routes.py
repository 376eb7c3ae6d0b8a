"""API keys of other accounts, so that a client can act as another user."""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.oauth import models as authorizations
from localheroku.api.oauth.models import NewAuthorization
from localheroku.auth.rights import KEY
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document

DESCRIPTION = "dynostack"


async def create_key(call: Call) -> Document:
    """Return the account's key, the same each time; create the account if it is unknown."""
    platform = call.platform
    account = accounts.find_or_invite(platform, call.body["email"])
    own = (one for one in authorizations.every(platform, account) if one.description == DESCRIPTION)
    authorization = next(own, None)
    if authorization is None:
        new = NewAuthorization(description=DESCRIPTION)
        authorization = authorizations.create(platform, account, new)
    return {"email": account.email, "key": authorizations.key_of(platform, authorization)}


ROUTES = [Endpoint("POST /_local/accounts", create_key, takes={"email": TEXT.must()}, needs=KEY)]
