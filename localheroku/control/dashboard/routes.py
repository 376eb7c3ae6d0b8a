"""What the dashboard needs beyond the Platform API, including the link that opens it."""

from __future__ import annotations

from collections.abc import Iterator

from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.auth import current_account, rights
from localheroku.auth.permissions import CallerPermissions
from localheroku.auth.rights import PERMISSIONS, AppRight
from localheroku.core.state import Document
from localheroku.dashboard import routes as page
from localheroku.dashboard.session import CODE_SECONDS
from localheroku.platform import Platform

OWNER_RIGHTS = [
    right for right in vars(rights).values() if isinstance(right, AppRight) and right.owner_only
]


async def create_link(call: Call) -> Document:
    """Return an address that opens the page once."""
    code = call.platform.dashboard.sessions.create_code()
    address = f"{call.platform.settings.url}{page.SESSION_PATH}?code={code}"
    return {"url": address, "expires_in": int(CODE_SECONDS)}


async def config_var_names(call: Call) -> list[str]:
    app = apps.find(call.platform, call.path["app"])
    return sorted(config_vars.merged(call.platform, app))


async def access(call: Call) -> list[Document]:
    """Return everyone with permissions on the app and what the local Heroku lets them do."""
    app = apps.find(call.platform, call.path["app"])
    everybody = sorted(call.platform.store.every(User), key=lambda user: user.email)
    return [document for user in everybody for document in _access_entry(call.platform, app, user)]


def _access_entry(platform: Platform, app: App, user: User) -> Iterator[Document]:
    with current_account.calling(user):
        caller = CallerPermissions(platform)
        if permissions := caller.permissions(app):
            yield {
                "email": user.email,
                "role": _role(caller, app, user),
                "permissions": [name for name in PERMISSIONS if name in permissions],
                "owners_only": [
                    right.action
                    for right in OWNER_RIGHTS
                    if not permissions.isdisjoint(right.permissions)
                    and not caller.allows(app, right)
                ],
            }


def _role(caller: CallerPermissions, app: App, user: User) -> str | None:
    if app.team_id:
        return caller.role(teams.find(caller.state, app.team_id))
    return "owner" if app.owner_id == user.id else "collaborator"


ROUTES = [
    Endpoint("POST /_local/page/links", create_link, status=201, needs=rights.KEY),
    Endpoint(
        "GET  /_local/apps/{app}/config-var-names", config_var_names, needs=rights.VIEW_CONFIG
    ),
    Endpoint("GET  /_local/apps/{app}/access", access, needs=rights.VIEW),
]
