"""Invitations to a team; an invited user joins by accepting.

The local Heroku sends no email. The token that Heroku sends by email is the id of the invitation.
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
from localheroku.api.teams.models import Member, MemberEntry, Team
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class Invitation(Record):
    """An invitation to a team (the parent record)."""

    user_id: str
    inviter_id: str
    role: str


def of_team(state: State, team: Team) -> list[Invitation]:
    return state.store.every(Invitation, parent=team.id)


def find(state: State, team: Team, identity: str) -> Invitation:
    """Return the team's invitation with an id, user id or email address.

    Raises:
        InvitationNotFoundError: The team has no such invitation.
    """
    for invitation in of_team(state, team):
        user = accounts.find(state, invitation.user_id)
        if identity.lower() in (invitation.id, user.id, user.email):
            return invitation
    raise InvitationNotFoundError


def find_by_token(state: State, token: str) -> Invitation:
    """Return the invitation with a token.

    Raises:
        InvitationNotFoundError: There is no such invitation.
    """
    invitation = state.store.find(Invitation, token)
    if invitation is None:
        raise InvitationNotFoundError
    return invitation


def invite(state: State, team: Team, entry: MemberEntry) -> Invitation:
    """Invite a user, or change the role in an existing invitation.

    Raises:
        MemberAlreadyError: The user is already a member of the team.
    """
    role = teams.known_role(entry.role)
    user = accounts.find_or_invite(state, entry.email)
    if teams.membership(state, team, user):
        raise MemberAlreadyError(email=user.email, team=team.name)
    present = next((i for i in of_team(state, team) if i.user_id == user.id), None)
    if present:
        return state.change(present, role=role)
    return state.store.put(
        Invitation(
            **state.stamp(),
            parent=team.id,
            user_id=user.id,
            inviter_id=accounts.current(state).id,
            role=role,
        )
    )


def accept(state: State, invitation: Invitation, user: User) -> Member:
    """Accept the invitation and make the user a member of the team.

    Raises:
        OtherInviteeError: The invitation is for another user.
    """
    if user.id != invitation.user_id:
        invited = accounts.find(state, invitation.user_id)
        raise OtherInviteeError(email=invited.email)
    team = teams.find(state, invitation.parent or "")
    with state.store.transaction():
        state.store.remove(invitation)
        return teams.put_member(state, team, MemberEntry(user.email, invitation.role))


def document(state: State, invitation: Invitation) -> Document:
    return {
        "id": invitation.id,
        "team": teams.brief(teams.find(state, invitation.parent or "")),
        "user": _person(state, invitation.user_id),
        "invited_by": _person(state, invitation.inviter_id),
        "role": invitation.role,
        "created_at": invitation.created_at,
        "updated_at": invitation.updated_at,
    }


def _person(state: State, user_id: str) -> Document:
    user = accounts.find(state, user_id)
    return {**accounts.brief(user), "name": user.name}
