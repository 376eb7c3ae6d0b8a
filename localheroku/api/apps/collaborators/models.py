"""Who has access to an app, and what for when it is a team's app."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators.errors import (
    CollaboratorNotFoundError,
    CollaboratorTakenError,
    OwnerError,
    PermissionNameError,
)
from localheroku.api.apps.models import App
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Team
from localheroku.auth.rights import DEFAULT_PERMISSIONS, PERMISSIONS
from localheroku.core.record import Record
from localheroku.core.state import Document, State

SHARED_PERMISSIONS = ("view", "deploy", "operate")
"""What a collaborator could do to a personal app."""


@dataclass(frozen=True, kw_only=True)
class Collaborator(Record):
    """Its parent is the app; only a team's app has `permissions`."""

    user_id: str
    owns: bool = False
    permissions: list[str] = field(default_factory=list)


def of_app(platform: State, app: App) -> list[Collaborator]:
    return platform.store.every(Collaborator, parent=app.id)


def of_user(platform: State, app: App, user: User) -> Collaborator | None:
    return next((c for c in of_app(platform, app) if c.user_id == user.id), None)


def of_account(platform: State, user: User) -> list[Collaborator]:
    """The user on all apps."""
    return platform.store.having(Collaborator, user_id=user.id)


def apps_of(platform: State, user: User) -> list[App]:
    """The apps that the user owns or was given access to."""
    return [apps.find(platform, one.parent or "") for one in of_account(platform, user)]


def find(platform: State, app: App, identity: str) -> Collaborator:
    """The one of that id, user id or e-mail address.  Raises CollaboratorNotFoundError."""
    for collaborator in of_app(platform, app):
        user = accounts.find(platform, collaborator.user_id)
        if identity.lower() in (collaborator.id, user.id, user.email):
            return collaborator
    raise CollaboratorNotFoundError


def enter_owner(platform: State, app: App) -> Collaborator:
    """Whoever makes an app has access to it: as its owner, or as an admin of its team."""
    return platform.store.put(
        Collaborator(
            **platform.stamp(),
            parent=app.id,
            user_id=app.owner_id,
            owns=True,
            permissions=_permissions(platform, app, list(platform.catalogue.permissions)),
        )
    )


def hand_to_team(platform: State, app: App, team: Team) -> App:
    """The app is the team's; who had access to all of a personal app still has, but to manage it.

    https://devcenter.heroku.com/articles/transferring-apps
    """
    handed = platform.change(app, team_id=team.id)
    if app.team_id is None:
        for one in of_app(platform, handed):
            wanted = PERMISSIONS if one.owns else SHARED_PERMISSIONS
            platform.change(one, permissions=_permissions(platform, handed, wanted))
    return handed


def hand_to_user(platform: State, app: App, user: User) -> App:
    """The app is the user's; whoever had access still has."""
    handed = platform.change(app, team_id=None, owner_id=user.id, locked=False)
    for one in of_app(platform, handed):
        platform.change(one, permissions=[], owns=one.user_id == user.id)
    if of_user(platform, handed, user) is None:
        enter_owner(platform, handed)
    return handed


def add(
    platform: State, app: App, user: str, permissions: Collection[str] = DEFAULT_PERMISSIONS
) -> Collaborator:
    """Give the user, named by id or e-mail address, access.

    Raises CollaboratorTakenError when the user has it already.
    """
    allowed = _permissions(platform, app, permissions)
    known = accounts.find_or_invite(platform, user)
    if of_user(platform, app, known):
        raise CollaboratorTakenError(email=known.email, app=app.name)
    return platform.store.put(
        Collaborator(**platform.stamp(), parent=app.id, user_id=known.id, permissions=allowed)
    )


def permit(
    platform: State, app: App, collaborator: Collaborator, permissions: Collection[str]
) -> Collaborator:
    """Exactly these permissions from now on."""
    return platform.change(collaborator, permissions=_permissions(platform, app, permissions))


def remove(platform: State, collaborator: Collaborator) -> None:
    if collaborator.owns:
        raise OwnerError
    platform.store.remove(collaborator)


def _permissions(platform: State, app: App, names: Collection[str]) -> list[str]:
    known = platform.catalogue.permissions
    for name in names:
        if name not in known:
            raise PermissionNameError(name=name, known=", ".join(known))
    return [name for name in known if name in names] if app.team_id else []


def _role(platform: State, app: App, collaborator: Collaborator) -> str:
    if app.team_id is None:
        return "owner" if collaborator.owns else "collaborator"
    user = accounts.find(platform, collaborator.user_id)
    member = teams.membership(platform, teams.find(platform, app.team_id), user)
    return member.role if member else "collaborator"


def document(platform: State, app: App, collaborator: Collaborator) -> Document:
    user = accounts.find(platform, collaborator.user_id)
    known = platform.catalogue.permissions
    return {
        "id": collaborator.id,
        "app": apps.brief(app),
        "user": {**accounts.brief(user), "federated": False},
        "permissions": [
            {"name": name, "description": known[name]} for name in collaborator.permissions
        ],
        "role": _role(platform, app, collaborator),
        "created_at": collaborator.created_at,
        "updated_at": collaborator.updated_at,
    }
