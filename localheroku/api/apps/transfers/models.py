"""Transfers of apps: a person's app that another person accepts, and what changes hands.

https://devcenter.heroku.com/articles/transferring-apps
"""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App
from localheroku.api.apps.transfers.errors import (
    AppTransferNotFoundError,
    OwnRecipientError,
    PendingTransferError,
    RecipientError,
    TeamAppError,
    TransferDecidedError,
    TransferStateError,
)
from localheroku.api.pipelines import models as pipelines
from localheroku.api.teams.models import Team
from localheroku.auth.rights import DEFAULT_PERMISSIONS
from localheroku.core.record import Record
from localheroku.core.state import Document, State

PENDING = "pending"
DECISIONS = ("accepted", "declined")


@dataclass(frozen=True, kw_only=True)
class AppTransfer(Record):
    """Its parent is the app."""

    owner_id: str
    recipient_id: str
    state: str = PENDING


def of_caller(state: State) -> list[AppTransfer]:
    """Those that the caller offers or is offered."""
    caller = accounts.current(state).id
    every = state.store.every(AppTransfer)
    return [transfer for transfer in every if caller in (transfer.owner_id, transfer.recipient_id)]


def find(state: State, identity: str) -> AppTransfer:
    """The caller's transfer of that id, or the newest of the app of that name."""
    for transfer in reversed(of_caller(state)):
        app = apps.find(state, transfer.parent or "")
        if identity in (transfer.id, app.name):
            return transfer
    raise AppTransferNotFoundError


def offer(state: State, app: App, recipient: User) -> AppTransfer:
    """Raises a ParamsError for an app that cannot be offered to this person."""
    if app.team_id:
        raise TeamAppError(app=app.name)
    if recipient.id == app.owner_id:
        raise OwnRecipientError(app=app.name, owner=recipient.email)
    transfers = state.store.every(AppTransfer, parent=app.id)
    if any(transfer.state == PENDING for transfer in transfers):
        raise PendingTransferError(app=app.name)
    return state.store.put(
        AppTransfer(
            **state.stamp(),
            parent=app.id,
            owner_id=app.owner_id,
            recipient_id=recipient.id,
        )
    )


def decide(state: State, transfer: AppTransfer, decision: str) -> AppTransfer:
    """Accept it or decline it, which only the recipient can."""
    recipient = accounts.find(state, transfer.recipient_id)
    if decision not in DECISIONS:
        raise TransferStateError
    if recipient != accounts.current(state):
        raise RecipientError(recipient=recipient.email)
    if transfer.state != PENDING:
        raise TransferDecidedError(state=transfer.state)
    with state.store.transaction():
        if decision == "accepted":
            give_to_person(state, apps.find(state, transfer.parent or ""), recipient)
        return state.change(transfer, state=decision)


def give_to_person(state: State, app: App, person: User) -> App:
    """Make the app the person's, outside of any pipeline; change nothing if it is already.

    The former owner stays as a collaborator; those of a team's app do not.
    """
    if app.team_id is None and app.owner_id == person.id:
        return app
    with state.store.transaction():
        pipelines.uncouple(state, app)
        changed = state.change(app, owner_id=person.id, team_id=None, locked=False)
        for present in collaborators.of_app(state, app):
            if present.user_id == person.id or app.team_id:
                state.store.remove(present)
            else:
                state.change(present, owns=False)
        collaborators.enter_owner(state, changed)
    return changed


def give_to_team(state: State, app: App, team: Team) -> App:
    """Make the app the team's, outside of any pipeline; change nothing if it is already.

    Whoever had access keeps it, to a personal app with the permissions of a new collaborator.
    """
    if app.team_id == team.id:
        return app
    with state.store.transaction():
        pipelines.uncouple(state, app)
        changed = state.change(app, team_id=team.id)
        if app.team_id is None:
            for present in collaborators.of_app(state, app):
                collaborators.permit(
                    state,
                    changed,
                    present,
                    state.catalogue.permissions if present.owns else DEFAULT_PERMISSIONS,
                )
    return changed


def document(state: State, transfer: AppTransfer) -> Document:
    return {
        "id": transfer.id,
        "app": apps.brief(apps.find(state, transfer.parent or "")),
        "owner": accounts.brief(accounts.find(state, transfer.owner_id)),
        "recipient": accounts.brief(accounts.find(state, transfer.recipient_id)),
        "state": transfer.state,
        "created_at": transfer.created_at,
        "updated_at": transfer.updated_at,
    }
