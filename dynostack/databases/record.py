"""The record of a move, stored at its start and after each step so that it can be continued."""

from __future__ import annotations

import fcntl
import glob
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from dynostack.databases.contents import Contents
from dynostack.databases.errors import MoveRefused
from dynostack.environment.database_moves import STEPS
from localheroku.core.atomic_files import make_private, write_private


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Side(_Part):
    """One of the two databases of a move."""

    name: str
    """The add-on's name, which is chosen before the add-on is created."""
    plan: str
    version: str
    addon: str = ""
    """The add-on's id; empty until it exists."""

    def __str__(self) -> str:
        """Return the name, plan and version, as messages show them."""
        return f"{self.name} ({self.plan}, PostgreSQL {self.version})"


class AttachedName(_Part):
    """An attachment that moves from the old database to the new one."""

    app: str
    """The name of the app that the database is attached to."""
    name: str
    """The attachment's name, such as DATABASE."""
    namespace: str | None = None

    @classmethod
    def of(cls, attachment: Mapping[str, Any]) -> AttachedName:
        """Return an attachment of the Platform API."""
        namespace = attachment.get("namespace") or None
        return cls(app=attachment["app"]["name"], name=attachment["name"], namespace=namespace)


class Writer(_Part):
    """An app that uses the database, as it was before it was stopped."""

    app: str
    formation: dict[str, int]
    """Process type -> number of dynos."""
    maintenance: bool
    """Whether maintenance mode was already on."""


class MoveRecord(_Part):
    """Everything that another process needs to continue a move; it contains no secret."""

    stack: str
    resource: str
    """The name of the database's resource, such as postgres or postgres-reports."""
    app: str
    """The app's name on Heroku."""
    old: Side
    new: Side
    is_undo: bool = False
    """Whether the move switches back to the old database of an earlier move, without a copy."""
    done: tuple[str, ...] = ()
    """The names of the completed steps."""
    writers: tuple[Writer, ...] = ()
    attachments: tuple[AttachedName, ...] = ()
    transfers: tuple[str, ...] = ()
    """The ids of the transfers that the app had before the move started its own."""
    writes: int = 0
    """How many rows had ever been written to the old database when it was made read-only."""
    contents: Contents | None = None
    """The contents of the old database, read while nothing wrote to it."""
    answered: int = 0
    """The HTTP status of the site's front page before the move; 0 if nothing responded."""
    down_since: float = 0
    """When the downtime started, as a Unix timestamp in seconds; 0 before it."""
    downtime: float = 0
    """The downtime in seconds; 0 before its end."""

    def changed(self, **changes: Any) -> MoveRecord:
        """Return the record with other values."""
        return self.model_copy(update=changes)


class RecordFile:
    """The stored record of one database's move."""

    def __init__(self, folder: Path, stack: str, resource: str) -> None:
        self.path = folder / f"{stack}.{resource}.json"

    def read(self) -> MoveRecord | None:
        """Return the record of the last move; None if there is none.

        Raises:
            MoveRefused: the file is damaged.
        """
        try:
            return MoveRecord.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            raise MoveRefused(
                f"the record of the move, {self.path}, cannot be read: restore it from a backup, or"
                " look at the app's databases with heroku pg:info and remove the file"
            ) from None

    def write(self, record: MoveRecord) -> None:
        """Write a record to disk before returning."""
        write_private(self.path, record.model_dump_json(indent=1) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes of this machine from moving the same database.

        Raises:
            MoveRefused: another process is moving it.
        """
        make_private(self.path.parent)
        with self.path.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MoveRefused(
                    "another dynostack process is moving this database; nothing was changed"
                ) from None
            yield

    def remove(self) -> None:
        """Remove the record."""
        self.path.unlink(missing_ok=True)


def interrupted_moves(folder: Path, stack: str) -> dict[str, str]:
    """Return the moves of a stack that have not finished.

    Args:
        folder: the folder that has one folder of records for each Heroku, local or real.
        stack: the stack's name.

    Returns:
        The name of each move's new database -> the program's name of the database that moves.
    """
    found = {}
    for path in folder.glob(f"*/{glob.escape(stack)}.*.json"):
        with suppress(MoveRefused):
            file = RecordFile(path.parent, stack, path.stem.removeprefix(f"{stack}."))
            record = file.read()
            if record and not all(step.name in record.done for step in STEPS):
                found[record.new.name] = record.resource
    return found
