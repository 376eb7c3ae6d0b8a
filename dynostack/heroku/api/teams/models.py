"""Teams and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.account.models import User
from dynostack.heroku.api.teams.errors import (
    LastAdminError,
    MemberNotFoundError,
    MemberTakenError,
    RoleError,
    TeamNotFoundError,
)
from dynostack.heroku.platform import Document, Platform
from dynostack.heroku.store import Record

# https://devcenter.heroku.com/articles/platform-api-reference#team-member
ROLES = ("admin", "collaborator", "member", "owner", "viewer")


@dataclass(frozen=True, kw_only=True)
class Team(Record):
    name: str


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """Its parent is the team."""

    user_id: str
    role: str
    federated: bool = False


def ensure(platform: Platform, name: str) -> Team:
    """The team of that name, with the account as its admin."""
    with platform.store.transaction():
        team = platform.store.named(Team, name=name)
        team = team or platform.store.put(Team(**platform.stamp(), name=name))
        account = accounts.current(platform)
        if membership(platform, team, account) is None:
            _join(platform, team, account, "admin", federated=False)
    return team


def find(platform: Platform, identity: str) -> Team:
    """The team of that id or name.  Raises TeamNotFoundError."""
    store = platform.store
    team = store.find(Team, identity) or store.named(Team, name=identity)
    if team is None:
        raise TeamNotFoundError
    return team


def members(platform: Platform, team: Team) -> list[Member]:
    return platform.store.every(Member, parent=team.id)


def membership(platform: Platform, team: Team, user: User) -> Member | None:
    return next((m for m in members(platform, team) if m.user_id == user.id), None)


def find_member(platform: Platform, team: Team, identity: str) -> Member:
    """The member of that e-mail address, user id or member id.  Raises MemberNotFoundError."""
    for member in members(platform, team):
        user = accounts.find(platform, member.user_id)
        if identity.lower() in (member.id, user.id, user.email):
            return member
    raise MemberNotFoundError


def add_member(
    platform: Platform, team: Team, email: str, role: str | None, *, federated: bool
) -> Member:
    """Raises MemberTakenError when the user belongs to the team already."""
    user = accounts.find_or_invite(platform, email)
    if membership(platform, team, user):
        raise MemberTakenError(email=user.email, team=team.name)
    return _join(platform, team, user, role or "member", federated=federated)


def put_member(
    platform: Platform, team: Team, email: str, role: str | None, *, federated: bool
) -> Member:
    """The user joins the team, or has this role from now on."""
    user = accounts.find_or_invite(platform, email)
    member = membership(platform, team, user)
    if member is None:
        return _join(platform, team, user, role or "member", federated=federated)
    return change_member(platform, team, member, role, federated=federated)


def change_member(
    platform: Platform, team: Team, member: Member, role: str | None, *, federated: bool
) -> Member:
    wanted = _role(role or member.role)
    if member.role == "admin" != wanted:
        _keep_an_admin(platform, team, member)
    return platform.change(member, role=wanted, federated=federated)


def remove_member(platform: Platform, team: Team, member: Member) -> None:
    _keep_an_admin(platform, team, member)
    platform.store.remove(member)


def _join(platform: Platform, team: Team, user: User, role: str, *, federated: bool) -> Member:
    return platform.store.put(
        Member(
            **platform.stamp(),
            parent=team.id,
            user_id=user.id,
            role=_role(role),
            federated=federated,
        )
    )


def _role(role: str) -> str:
    if role not in ROLES:
        raise RoleError(role=role, known=", ".join(ROLES))
    return role


def _keep_an_admin(platform: Platform, team: Team, leaving: Member) -> None:
    rest = (m for m in members(platform, team) if m.id != leaving.id)
    if leaving.role == "admin" and not any(member.role == "admin" for member in rest):
        raise LastAdminError(team=team.name)


def document(platform: Platform, team: Team) -> Document:
    member = membership(platform, team, accounts.current(platform))
    return {
        "id": team.id,
        "name": team.name,
        "created_at": team.created_at,
        "updated_at": team.updated_at,
        "credit_card_collections": False,
        "default": False,
        "enterprise_account": None,
        "identity_provider": None,
        "membership_limit": None,
        "provisioned_licenses": False,
        "role": member.role if member else None,
        "type": "team",
    }


def brief(team: Team) -> Document:
    """How other resources show a team."""
    return {"id": team.id, "name": team.name}


def member_document(platform: Platform, member: Member) -> Document:
    user = accounts.find(platform, member.user_id)
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
