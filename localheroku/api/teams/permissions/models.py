"""The permissions of users on each app and each space of a team."""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App
from localheroku.api.spaces import models as spaces
from localheroku.api.spaces.access import models as space_access
from localheroku.api.spaces.records import Space
from localheroku.api.teams.models import Team
from localheroku.core.state import Document, State


def documents(state: State, team: Team) -> list[Document]:
    of_apps = [_of_app(state, app) for app in state.store.having(App, team_id=team.id)]
    return of_apps + [_of_space(state, space) for space in spaces.of_team(state, team)]


def _of_app(state: State, app: App) -> Document:
    return {
        "id": app.id,
        "name": app.name,
        "team_id": app.team_id,
        "type": "app",
        "users": [
            {
                **accounts.brief(accounts.find(state, collaborator.user_id)),
                "permissions": collaborator.permissions,
            }
            for collaborator in collaborators.of_app(state, app)
        ],
    }


def _of_space(state: State, space: Space) -> Document:
    return {
        "id": space.id,
        "name": space.name,
        "team_id": space.team_id,
        "type": "space",
        "users": [
            {
                **accounts.brief(accounts.find(state, member.user_id)),
                "permissions": space_access.permissions(state, space, member),
            }
            for member in space_access.members(state, space)
        ],
    }
