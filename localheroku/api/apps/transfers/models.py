"""Transfers of apps: between persons, with a request that the recipient accepts, and to teams.

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
    """A request to transfer an app (the parent record)."""

    owner_id: str
    recipient_id: str
    state: str = PENDING


def of_caller(state: State) -> list[AppTransfer]:
    """Return the transfers that the caller sent or received."""
    caller = accounts.current(state).id
    every = state.store.every(AppTransfer)
    return [transfer for transfer in every if caller in (transfer.owner_id, transfer.recipient_id)]


def find(state: State, identity: str) -> AppTransfer:
    """Return the caller's transfer with an id, or the newest transfer of the app with this name.

    Raises:
        AppTransferNotFoundError: The caller has no such transfer.
    """
    for transfer in reversed(of_caller(state)):
        app = apps.find(state, transfer.parent or "")
        if identity in (transfer.id, app.name):
            return transfer
    raise AppTransferNotFoundError


def offer(state: State, app: App, recipient: User) -> AppTransfer:
    """Request the transfer of an app to a person.

    Raises:
        ParamsError: The app cannot be transferred to this person.
    """
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
    """Accept or decline a transfer, as its recipient.

    Raises:
        TransferStateError: The decision is neither accepted nor declined.
        RecipientError: The caller is not the recipient.
        TransferDecidedError: The transfer was already accepted or declined.
    """
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
    """Transfer an app to a person and remove it from its pipeline; do nothing for its owner.

    The former owner stays as a collaborator; a team's app loses its other collaborators.
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
    """Transfer an app to a team and remove it from its pipeline; do nothing for its owner.

    All collaborators keep their access. On a personal app, the former owner gets all permissions
    and the others get those of a new collaborator.
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
