"""What the page for people needs beyond the Platform API, the link to it among that."""

from __future__ import annotations

from collections.abc import Iterator

from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.auth import current_account, rights
from localheroku.auth.permissions import Reach
from localheroku.auth.rights import PERMISSIONS, AppRight
from localheroku.core.state import Document
from localheroku.dashboard import routes as page
from localheroku.dashboard.session import CODE_SECONDS
from localheroku.platform import Platform

OWNERS = [
    right for right in vars(rights).values() if isinstance(right, AppRight) and right.owner_only
]


async def link(call: Call) -> Document:
    """An address that opens the page once."""
    code = call.platform.page.sessions.invite()
    address = f"{call.platform.settings.url}{page.ENTER}?code={code}"
    return {"url": address, "expires_in": int(CODE_SECONDS)}


async def names(call: Call) -> list[str]:
    app = apps.find(call.platform, call.path["app"])
    return sorted(config_vars.merged(call.platform, app))


async def access(call: Call) -> list[Document]:
    """Everybody who may do something to the app, by what the local Heroku lets them do."""
    app = apps.find(call.platform, call.path["app"])
    everybody = sorted(call.platform.store.every(User), key=lambda user: user.email)
    return [shown for user in everybody for shown in _access(call.platform, app, user)]


def _access(platform: Platform, app: App, user: User) -> Iterator[Document]:
    with current_account.calling(user):
        reach = Reach(platform)
        if held := reach.permissions(app):
            yield {
                "email": user.email,
                "role": _role(reach, app, user),
                "permissions": [name for name in PERMISSIONS if name in held],
                "owners_only": [
                    right.words
                    for right in OWNERS
                    if not held.isdisjoint(right.permissions) and not reach.allows(app, right)
                ],
            }


def _role(reach: Reach, app: App, user: User) -> str | None:
    if app.team_id:
        return reach.role(teams.find(reach.state, app.team_id))
    return "owner" if app.owner_id == user.id else "collaborator"


ROUTES = [
    Endpoint("POST /_local/page/links", link, status=201, needs=rights.KEY),
    Endpoint("GET  /_local/apps/{app}/config-var-names", names, needs=rights.VIEW_CONFIG),
    Endpoint("GET  /_local/apps/{app}/access", access, needs=rights.VIEW),
]
