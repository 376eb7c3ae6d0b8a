"""Teams and their members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.teams.errors import (
    LastAdminError,
    MemberNotFoundError,
    MemberTakenError,
    RoleError,
    TeamNameFormError,
    TeamNameTakenError,
    TeamNotFoundError,
)
from localheroku.auth.rights import ROLES
from localheroku.core.record import Record
from localheroku.core.state import Document, State

DEFAULT_ROLE = "member"
NAME = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class Team(Record):
    """A team; `default` marks the team of requests that name none."""

    name: str
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """A member of a team (the parent record)."""

    user_id: str
    role: str
    federated: bool = False


@dataclass(frozen=True)
class MemberEntry:
    """A request for a membership.

    Without a role, an existing member keeps the current one and a new member becomes a plain
    member.
    """

    email: str
    role: str | None = None
    federated: bool = False


def ensure(state: State, name: str) -> Team:
    """Return the team with a name, creating it if necessary, with the caller as a member.

    A caller who is not yet a member becomes an admin.
    """
    with state.store.transaction():
        team = state.store.named(Team, name=name)
        team = team or state.store.put(Team(**state.stamp(), name=name))
        account = accounts.current(state)
        if membership(state, team, account) is None:
            _join(state, team, account, MemberEntry(account.email, "admin"))
    return team


def create(state: State, name: str) -> Team:
    """Create a team with the caller as its admin.

    Raises:
        TeamNameFormError: The name is invalid.
        TeamNameTakenError: Another team has the name.
    """
    return ensure(state, _free_name(state, name))


def update(state: State, team: Team, changes: Mapping[str, Any]) -> Team:
    """Change `name` or `default`.

    Raises:
        TeamNameFormError: The name is invalid.
        TeamNameTakenError: Another team has the name.
    """
    if changes.get("name", team.name) != team.name:
        _free_name(state, changes["name"])
    return state.change(team, **changes)


def _free_name(state: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise TeamNameFormError
    if state.store.named(Team, name=name):
        raise TeamNameTakenError
    return name


def find(state: State, identity: str) -> Team:
    """Return the team with an id or name.

    Raises:
        TeamNotFoundError: There is no such team.
    """
    store = state.store
    team = store.find(Team, identity) or store.named(Team, name=identity)
    if team is None:
        raise TeamNotFoundError
    return team


def members(state: State, team: Team) -> list[Member]:
    return state.store.every(Member, parent=team.id)


def membership(state: State, team: Team, user: User) -> Member | None:
    return next((m for m in members(state, team) if m.user_id == user.id), None)


def memberships(state: State, user: User) -> list[Member]:
    """Return the user's memberships in all teams."""
    return state.store.having(Member, user_id=user.id)


def find_member(state: State, team: Team, identity: str) -> Member:
    """Return the member with an email address, user id or member id.

    Raises:
        MemberNotFoundError: The team has no such member.
    """
    for member in members(state, team):
        user = accounts.find(state, member.user_id)
        if identity.lower() in (member.id, user.id, user.email):
            return member
    raise MemberNotFoundError


def add_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """Add a member to the team.

    Raises:
        MemberTakenError: The user is already a member.
    """
    user = accounts.find_or_invite(state, entry.email)
    if membership(state, team, user):
        raise MemberTakenError(email=user.email, team=team.name)
    return _join(state, team, user, entry)


def put_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """Add a member to the team, or change the member's role."""
    user = accounts.find_or_invite(state, entry.email)
    if membership(state, team, user):
        return update_member(state, team, entry)
    return _join(state, team, user, entry)


def update_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """Change the member's role.

    Raises:
        MemberNotFoundError: The team has no such member.
        LastAdminError: The team would have no admin.
    """
    member = find_member(state, team, entry.email)
    role = known_role(entry.role or member.role)
    if role != "admin":
        _keep_an_admin(state, team, member)
    return state.change(member, role=role, federated=entry.federated)


def remove_member(state: State, team: Team, member: Member) -> None:
    _keep_an_admin(state, team, member)
    state.store.remove(member)


def _join(state: State, team: Team, user: User, entry: MemberEntry) -> Member:
    return state.store.put(
        Member(
            **state.stamp(),
            parent=team.id,
            user_id=user.id,
            role=known_role(entry.role or DEFAULT_ROLE),
            federated=entry.federated,
        )
    )


def known_role(role: str | None) -> str:
    """Return the role.

    Raises:
        RoleError: The role is unknown.
    """
    if role not in ROLES:
        raise RoleError(role=role, known=", ".join(ROLES))
    return role


def _keep_an_admin(state: State, team: Team, leaving: Member) -> None:
    rest = (m for m in members(state, team) if m.id != leaving.id)
    if leaving.role == "admin" and not any(member.role == "admin" for member in rest):
        raise LastAdminError(team=team.name)


def document(team: Team, role: str | None) -> Document:
    """Return the team as a user with a role in it sees it."""
    return {
        "id": team.id,
        "name": team.name,
        "created_at": team.created_at,
        "updated_at": team.updated_at,
        "credit_card_collections": False,
        "default": team.default,
        "enterprise_account": None,
        "identity_provider": None,
        "membership_limit": None,
        "provisioned_licenses": False,
        "role": role,
        "type": "team",
    }


def brief(team: Team) -> Document:
    """Return the team as other resources show it."""
    return {"id": team.id, "name": team.name}


def member_document(state: State, member: Member) -> Document:
    user = accounts.find(state, member.user_id)
    return {
        "id": member.id,
        "email": user.email,
        "role": member.role,
        "federated": member.federated,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
        "identity_provider": None,
        "two_factor_authentication": False,
        "user": {**accounts.brief(user), "name": user.name},
    }
