"""Teams and who belongs to them."""

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
    """`default` is the one that is meant when a client names none."""

    name: str
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """Its parent is the team."""

    user_id: str
    role: str
    federated: bool = False


@dataclass(frozen=True)
class MemberEntry:
    """How someone is entered as a member; without a role, as before or as a plain member."""

    email: str
    role: str | None = None
    federated: bool = False


def ensure(state: State, name: str) -> Team:
    """The team of that name, with the account as its admin."""
    with state.store.transaction():
        team = state.store.named(Team, name=name)
        team = team or state.store.put(Team(**state.stamp(), name=name))
        account = accounts.current(state)
        if membership(state, team, account) is None:
            _join(state, team, account, MemberEntry(account.email, "admin"))
    return team


def create(state: State, name: str) -> Team:
    """A team whose admin is the caller.  Raises NameFormError or NameTakenError."""
    return ensure(state, _free_name(state, name))


def update(state: State, team: Team, changes: Mapping[str, Any]) -> Team:
    """Change `name` or `default`.  Raises NameFormError or NameTakenError."""
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
    """The team of that id or name.  Raises TeamNotFoundError."""
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
    """The user's in all teams."""
    return state.store.having(Member, user_id=user.id)


def find_member(state: State, team: Team, identity: str) -> Member:
    """The member of that e-mail address, user id or member id.  Raises MemberNotFoundError."""
    for member in members(state, team):
        user = accounts.find(state, member.user_id)
        if identity.lower() in (member.id, user.id, user.email):
            return member
    raise MemberNotFoundError


def add_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """Raises MemberTakenError when the user belongs to the team already."""
    user = accounts.find_or_invite(state, entry.email)
    if membership(state, team, user):
        raise MemberTakenError(email=user.email, team=team.name)
    return _join(state, team, user, entry)


def put_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """The user joins the team, or has this role from now on."""
    user = accounts.find_or_invite(state, entry.email)
    if membership(state, team, user):
        return update_member(state, team, entry)
    return _join(state, team, user, entry)


def update_member(state: State, team: Team, entry: MemberEntry) -> Member:
    """Raises MemberNotFoundError, or LastAdminError when the team would have no admin."""
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
    """That role.  Raises RoleError for one that there is not."""
    if role not in ROLES:
        raise RoleError(role=role, known=", ".join(ROLES))
    return role


def _keep_an_admin(state: State, team: Team, leaving: Member) -> None:
    rest = (m for m in members(state, team) if m.id != leaving.id)
    if leaving.role == "admin" and not any(member.role == "admin" for member in rest):
        raise LastAdminError(team=team.name)


def document(team: Team, role: str | None) -> Document:
    """As who has this role in it sees the team."""
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
    """How other resources show a team."""
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
