"""The permissions of a team's members in its spaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from localheroku.api.account import models as accounts
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.access.errors import CreationError, SpacePermissionError
from localheroku.api.spaces.records import Space
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Member
from localheroku.auth.rights import ADMINS
from localheroku.core.record import Record
from localheroku.core.state import Document, State

# https://devcenter.heroku.com/articles/private-spaces#space-permissions
CREATE_APPS = "create_apps"
PERMISSIONS = {CREATE_APPS: "Create apps in the space, and move apps to it."}


@dataclass(frozen=True, kw_only=True)
class SpaceAccess(Record):
    """The permissions of a member in a space (the parent record)."""

    member_id: str
    permissions: list[str]


def members(state: State, space: Space) -> list[Member]:
    return teams.members(state, teams.find(state, space.team_id))


def find_member(state: State, space: Space, identity: str) -> Member:
    """Return a member of the space's team.

    Raises:
        MemberNotFoundError: The team has no such member.
    """
    return teams.find_member(state, teams.find(state, space.team_id), identity)


def permit(state: State, space: Space, member: Member, permissions: Sequence[str]) -> SpaceAccess:
    """Replace the member's permissions in the space.

    Raises:
        SpacePermissionError: A permission is unknown.
    """
    for name in permissions:
        if name not in PERMISSIONS:
            raise SpacePermissionError(name=name, known=", ".join(PERMISSIONS))
    granted = [name for name in PERMISSIONS if name in permissions]
    access = _access(state, space, member)
    if access:
        return state.change(access, permissions=granted)
    stamp = state.stamp()
    stamp["id"] = _identifier(space, member)
    return state.store.put(
        SpaceAccess(**stamp, parent=space.id, member_id=member.id, permissions=granted)
    )


def _access(state: State, space: Space, member: Member) -> SpaceAccess | None:
    return state.store.find(SpaceAccess, _identifier(space, member))


def _identifier(space: Space, member: Member) -> str:
    return str(uuid5(NAMESPACE_URL, f"{space.id}/{member.id}"))


def permissions(state: State, space: Space, member: Member) -> list[str]:
    """Return the member's permissions; by default, an admin has all of them, others have none."""
    access = _access(state, space, member)
    if access:
        return access.permissions
    return list(PERMISSIONS) if member.role in ADMINS else []


def check_creation(state: State, space: Space) -> None:
    """Check that the caller can create apps in the space.

    Raises:
        CreationError: The caller does not have the permission.
    """
    team = teams.find(state, space.team_id)
    member = teams.membership(state, team, accounts.current(state))
    if member is None or CREATE_APPS not in permissions(state, space, member):
        raise CreationError(space=space.name, permission=CREATE_APPS)


def document(state: State, space: Space, member: Member) -> Document:
    user = accounts.find(state, member.user_id)
    names = permissions(state, space, member)
    times = _access(state, space, member) or member
    return {
        "id": _identifier(space, member),
        "space": spaces.brief(space),
        "user": accounts.brief(user),
        "permissions": [{"name": name, "description": PERMISSIONS[name]} for name in names],
        "created_at": times.created_at,
        "updated_at": times.updated_at,
    }
