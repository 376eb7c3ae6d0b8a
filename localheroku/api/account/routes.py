"""Endpoints for accounts.

https://devcenter.heroku.com/articles/platform-api-reference#account
"""

from __future__ import annotations

from localheroku.api.account import models
from localheroku.api.account.errors import AppsOwnedError, FirstAccountError
from localheroku.api.account.records import User
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.oauth import models as authorizations
from localheroku.api.teams import models as teams
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG, TEXT
from localheroku.core.state import Document


async def info(call: Call) -> Document:
    return models.document(_own(call))


async def update(call: Call) -> Document:
    return models.document(models.update(call.platform, _own(call), **call.body))


async def remove(call: Call) -> Document:
    """Delete the account, its API keys and its access to apps and teams."""
    platform, account = call.platform, _own(call)
    owned = [app.name for app in collaborators.apps_of(platform, account) if _owns(account, app)]
    if account.email == platform.settings.account:
        raise FirstAccountError(email=account.email)
    if owned:
        raise AppsOwnedError(email=account.email, apps=", ".join(owned))
    with platform.store.transaction():
        for member in teams.memberships(platform, account):
            teams.remove_member(platform, teams.find(platform, member.parent or ""), member)
        for one in collaborators.of_account(platform, account):
            platform.store.remove(one)
        for authorization in authorizations.every(platform, account):
            platform.store.remove(authorization)
    return models.document(account)


def _owns(account: User, app: App) -> bool:
    return app.team_id is None and app.owner_id == account.id


async def rate_limits(call: Call) -> Document:
    account = models.current(call.platform)
    return {"remaining": call.platform.rate_limit.remaining(account.id)}


def _own(call: Call) -> User:
    return models.find_own(call.platform, call.path.get("user", "~"))


CHANGES = {"allow_tracking": FLAG, "beta": FLAG, "name": TEXT.or_null()}

ROUTES = [
    Endpoint("GET    /account", info, needs=rights.KEY),
    Endpoint("PATCH  /account", update, takes=CHANGES, needs=rights.KEY),
    Endpoint("DELETE /account", remove, needs=rights.KEY),
    Endpoint("GET    /account/rate-limits", rate_limits, needs=rights.KEY),
    Endpoint("GET    /users/{user}", info, needs=rights.KEY),
    Endpoint("PATCH  /users/{user}", update, takes=CHANGES, needs=rights.KEY),
    Endpoint("DELETE /users/{user}", remove, needs=rights.KEY),
]
