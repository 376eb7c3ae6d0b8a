"""Collaborators of apps and, for a team's app, their permissions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators.errors import (
    CollaboratorNotFoundError,
    CollaboratorTakenError,
    OwnerRemovalError,
    PermissionNameError,
)
from localheroku.api.apps.models import App
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Team
from localheroku.auth.rights import DEFAULT_PERMISSIONS, PERMISSIONS
from localheroku.core.record import Record
from localheroku.core.state import Document, State

SHARED_PERMISSIONS = ("view", "deploy", "operate")
"""The permissions that a collaborator of a personal app keeps when a team gets the app."""


@dataclass(frozen=True, kw_only=True)
class Collaborator(Record):
    """A user with access to an app (the parent record).

    Only collaborators of a team's app have `permissions`.
    """

    user_id: str
    owns: bool = False
    permissions: list[str] = field(default_factory=list)


def of_app(state: State, app: App) -> list[Collaborator]:
    return state.store.every(Collaborator, parent=app.id)


def of_user(state: State, app: App, user: User) -> Collaborator | None:
    return next((c for c in of_app(state, app) if c.user_id == user.id), None)


def of_account(state: State, user: User) -> list[Collaborator]:
    """Return the user's collaborations on all apps."""
    return state.store.having(Collaborator, user_id=user.id)


def apps_of(state: State, user: User) -> list[App]:
    """Return the apps that the user owns or has access to."""
    return [apps.find(state, one.parent or "") for one in of_account(state, user)]


def find(state: State, app: App, identity: str) -> Collaborator:
    """Return the app's collaborator with an id, user id or email address.

    Raises:
        CollaboratorNotFoundError: The app has no such collaborator.
    """
    for collaborator in of_app(state, app):
        user = accounts.find(state, collaborator.user_id)
        if identity.lower() in (collaborator.id, user.id, user.email):
            return collaborator
    raise CollaboratorNotFoundError


def enter_owner(state: State, app: App) -> Collaborator:
    """Give the creator of an app access to it: as its owner, or as an admin of its team."""
    return state.store.put(
        Collaborator(
            **state.stamp(),
            parent=app.id,
            user_id=app.owner_id,
            owns=True,
            permissions=_permissions(state, app, list(state.catalogue.permissions)),
        )
    )


def transfer_to_team(state: State, app: App, team: Team) -> App:
    """Transfer an app to a team.

    All collaborators keep their access. On a personal app, the former owner gets all permissions
    and the others get all except `manage`.

    https://devcenter.heroku.com/articles/transferring-apps
    """
    changed = state.change(app, team_id=team.id)
    if app.team_id is None:
        for collaborator in of_app(state, changed):
            permissions = PERMISSIONS if collaborator.owns else SHARED_PERMISSIONS
            state.change(collaborator, permissions=_permissions(state, changed, permissions))
    return changed


def transfer_to_user(state: State, app: App, user: User) -> App:
    """Transfer an app to a user; all collaborators keep their access."""
    changed = state.change(app, team_id=None, owner_id=user.id, locked=False)
    for collaborator in of_app(state, changed):
        state.change(collaborator, permissions=[], owns=collaborator.user_id == user.id)
    if of_user(state, changed, user) is None:
        enter_owner(state, changed)
    return changed


def add(
    state: State, app: App, user: str, permissions: Collection[str] = DEFAULT_PERMISSIONS
) -> Collaborator:
    """Give access to the user with an id or email address.

    Raises:
        CollaboratorTakenError: The user already has access.
    """
    allowed = _permissions(state, app, permissions)
    known = accounts.find_or_invite(state, user)
    if of_user(state, app, known):
        raise CollaboratorTakenError(email=known.email, app=app.name)
    return state.store.put(
        Collaborator(**state.stamp(), parent=app.id, user_id=known.id, permissions=allowed)
    )


def permit(
    state: State, app: App, collaborator: Collaborator, permissions: Collection[str]
) -> Collaborator:
    """Replace the collaborator's permissions."""
    return state.change(collaborator, permissions=_permissions(state, app, permissions))


def remove(state: State, collaborator: Collaborator) -> None:
    if collaborator.owns:
        raise OwnerRemovalError
    state.store.remove(collaborator)


def _permissions(state: State, app: App, names: Collection[str]) -> list[str]:
    known = state.catalogue.permissions
    for name in names:
        if name not in known:
            raise PermissionNameError(name=name, known=", ".join(known))
    return [name for name in known if name in names] if app.team_id else []


def _role(state: State, app: App, collaborator: Collaborator) -> str:
    if app.team_id is None:
        return "owner" if collaborator.owns else "collaborator"
    user = accounts.find(state, collaborator.user_id)
    member = teams.membership(state, teams.find(state, app.team_id), user)
    return member.role if member else "collaborator"


def document(state: State, app: App, collaborator: Collaborator) -> Document:
    user = accounts.find(state, collaborator.user_id)
    known = state.catalogue.permissions
    return {
        "id": collaborator.id,
        "app": apps.brief(app),
        "user": {**accounts.brief(user), "federated": False},
        "permissions": [
            {"name": name, "description": known[name]} for name in collaborator.permissions
        ],
        "role": _role(state, app, collaborator),
        "created_at": collaborator.created_at,
        "updated_at": collaborator.updated_at,
    }
