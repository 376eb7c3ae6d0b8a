"""Transfers: backups of databases, restores of backups, copies from database to database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.data.transfers.errors import TransferNotFoundError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

BACKUP, RESTORE, COPY = "backup", "restore", "copy"
ENDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        BACKUP: ("pg_dump", "gof3r"),
        RESTORE: ("gof3r", "pg_restore"),
        COPY: ("pg_dump", "pg_restore"),
    }
)
"""The names of the two ends of each kind of transfer; gof3r is the storage of Heroku's backups."""

LETTERS = MappingProxyType({BACKUP: "b", RESTORE: "r", COPY: "c"})


@dataclass(frozen=True, kw_only=True)
class Transfer(Record):
    """A transfer of data, with sizes in bytes.

    The parent record is the add-on that is backed up or filled.

    The record of a deleted backup stays, so that its number is not used again.
    """

    number: int
    kind: str
    from_name: str
    to_name: str
    source_bytes: int
    processed_bytes: int = 0
    started_at: str | None = None
    finished_at: str | None = None
    canceled_at: str | None = None
    deleted_at: str | None = None
    succeeded: bool | None = None
    warnings: int = 0

    @property
    def name(self) -> str:
        """The name that `heroku pg:backups` prints, such as b001."""
        return f"{LETTERS[self.kind]}{self.number:03}"


def of_app(state: State, app: App) -> list[Transfer]:
    return [transfer for transfer in _every(state, app) if transfer.deleted_at is None]


def find(state: State, app: App, identity: str) -> Transfer:
    """Return the app's transfer with an id or number.

    Raises:
        TransferNotFoundError: The app has no such transfer.
    """
    for transfer in of_app(state, app):
        if identity in (transfer.id, str(transfer.number)):
            return transfer
    raise TransferNotFoundError


def addon_of(state: State, transfer: Transfer) -> Addon:
    return addons.find(state, transfer.parent or "")


def add(
    state: State, addon: Addon, kind: str, from_name: str, to_name: str, size: int = 0
) -> Transfer:
    """Create a transfer that has not started."""
    app = apps.find(state, addon.parent or "")
    used_numbers = [transfer.number for transfer in _every(state, app)]
    return state.store.put(
        Transfer(
            **state.stamp(),
            parent=addon.id,
            number=max(used_numbers, default=0) + 1,
            kind=kind,
            from_name=from_name,
            to_name=to_name,
            source_bytes=size,
        )
    )


def by_address(state: State, address: str) -> Transfer | None:
    """Return the backup, of any app, with an address."""
    every = state.store.every(Transfer)
    return next((t for t in every if address == _address(state, t)), None)


def file(state: State, transfer: Transfer) -> Path:
    """Return the path of the transfer's archive, which may not exist."""
    return state.backends.databases.backup(transfer.parent or "", transfer.id)


def log(state: State, transfer: Transfer) -> Path:
    return file(state, transfer).with_suffix(".log")


def document(state: State, transfer: Transfer, *, verbose: bool = False) -> Document:
    """Return the transfer as the API shows it, without URLs that contain credentials."""
    from_type, to_type = ENDS[transfer.kind]
    logs = {"logs": _lines(log(state, transfer))} if verbose else {}
    return {
        "uuid": transfer.id,
        "num": transfer.number,
        "from_name": transfer.from_name,
        "from_type": from_type,
        "from_url": None,
        "to_name": transfer.to_name,
        "to_type": to_type,
        "to_url": _address(state, transfer) if transfer.kind == BACKUP else None,
        "options": {},
        "schedule": None,
        "source_bytes": transfer.source_bytes,
        "processed_bytes": _processed(state, transfer),
        "succeeded": transfer.succeeded,
        "warnings": transfer.warnings,
        "created_at": transfer.created_at,
        "updated_at": transfer.updated_at,
        "started_at": transfer.started_at,
        "finished_at": transfer.finished_at,
        "canceled_at": transfer.canceled_at,
        **logs,
    }


def _every(state: State, app: App) -> list[Transfer]:
    return [
        transfer
        for addon in addons.of_app(state, app)
        for transfer in state.store.every(Transfer, parent=addon.id)
    ]


def _address(state: State, transfer: Transfer) -> str:
    """Return an address that identifies a backup but does not give access to it."""
    return f"{state.settings.url}/backups/{transfer.id}/data.dump"


def _processed(state: State, transfer: Transfer) -> int:
    archive = file(state, transfer)
    if transfer.finished_at is None and archive.exists():
        return archive.stat().st_size
    return transfer.processed_bytes


def _lines(file: Path) -> list[Document]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines()]
