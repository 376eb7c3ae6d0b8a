"""Invitations to a team: whoever is invited joins by accepting.

No mail is sent here; the token that Heroku mails is the invitation's id.
"""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.teams import models as teams
from localheroku.api.teams.invitations.errors import (
    InvitationNotFoundError,
    MemberAlreadyError,
    OtherInviteeError,
)
from localheroku.api.teams.models import Entry, Member, Team
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class Invitation(Record):
    """Its parent is the team."""

    user_id: str
    inviter_id: str
    role: str


def of_team(platform: State, team: Team) -> list[Invitation]:
    return platform.store.every(Invitation, parent=team.id)


def find(platform: State, team: Team, identity: str) -> Invitation:
    """The one of that id or for that e-mail address.  Raises InvitationNotFoundError."""
    for invitation in of_team(platform, team):
        user = accounts.find(platform, invitation.user_id)
        if identity.lower() in (invitation.id, user.id, user.email):
            return invitation
    raise InvitationNotFoundError


def find_by_token(platform: State, token: str) -> Invitation:
    """Raises InvitationNotFoundError."""
    invitation = platform.store.find(Invitation, token)
    if invitation is None:
        raise InvitationNotFoundError
    return invitation


def invite(platform: State, team: Team, entry: Entry) -> Invitation:
    """Invite someone, or change the role of who was invited.  Raises MemberAlreadyError."""
    role = teams.known_role(entry.role)
    user = accounts.find_or_invite(platform, entry.email)
    if teams.membership(platform, team, user):
        raise MemberAlreadyError(email=user.email, team=team.name)
    present = next((i for i in of_team(platform, team) if i.user_id == user.id), None)
    if present:
        return platform.change(present, role=role)
    return platform.store.put(
        Invitation(
            **platform.stamp(),
            parent=team.id,
            user_id=user.id,
            inviter_id=accounts.current(platform).id,
            role=role,
        )
    )


def accept(platform: State, invitation: Invitation, user: User) -> Member:
    """The user joins.  Raises OtherInviteeError for anyone but the invited."""
    if user.id != invitation.user_id:
        invited = accounts.find(platform, invitation.user_id)
        raise OtherInviteeError(email=invited.email)
    team = teams.find(platform, invitation.parent or "")
    with platform.store.transaction():
        platform.store.remove(invitation)
        return teams.put_member(platform, team, Entry(user.email, invitation.role))


def document(platform: State, invitation: Invitation) -> Document:
    return {
        "id": invitation.id,
        "team": teams.brief(teams.find(platform, invitation.parent or "")),
        "user": _person(platform, invitation.user_id),
        "invited_by": _person(platform, invitation.inviter_id),
        "role": invitation.role,
        "created_at": invitation.created_at,
        "updated_at": invitation.updated_at,
    }


def _person(platform: State, user_id: str) -> Document:
    user = accounts.find(platform, user_id)
    return {**accounts.brief(user), "name": user.name}
