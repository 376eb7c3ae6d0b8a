"""Errors of a start that finds files it cannot use, each with the way to recover."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localheroku import addons
from localheroku.control.snapshots import files as snapshots
from localheroku.core import disk_full
from localheroku.core.store import ids

STORE = "heroku.sqlite3"
APP_FOLDERS = ("slugs", *sorted(addons.SERVICES))
"""Folders with what only the store knows the owners of."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""https://www.sqlite.org/rescode.html; the others pass."""


class StartError(Exception):
    """The local Heroku cannot start here; the text says what to do."""


def recovery_advice(data: Path) -> str:
    """Return how to go on without the damaged files."""
    reset_advice = (
        "`dynostack local reset` starts anew, without the apps, databases and caches there were"
    )
    snapshot_names = ", ".join(snapshots.names(data))
    if not snapshot_names:
        return f"{reset_advice}."
    return (
        f"{reset_advice}. Snapshots outlast it: then `dynostack local start` and "
        f"`dynostack local restore NAME` bring one back ({snapshot_names})."
    )


def unexpected(data: Path) -> str:
    """Return the last line about an unexpected error; its traceback comes before."""
    return (
        "The local Heroku cannot go on: the lines before this one say why, in "
        f"{data / 'server.log'} as well. If a start does not help, {recovery_advice(data)}"
    )


def require_store(data: Path) -> None:
    """See that the store has not been lost: the belongings of its apps would be, too.

    Raises:
        StartError: it has, and they are there.
    """
    file = data / STORE
    is_lost = not file.exists() or not file.stat().st_size
    if is_lost and any(any((data / name).glob("*")) for name in APP_FOLDERS):
        how = "empty" if file.exists() else "gone"
        raise StartError(
            f"{file} is {how}, and what belongs to its apps is still there: put it back, with the "
            f"files beside it whose names begin alike, or lose them: {recovery_advice(data)}"
        )


def require_records(data: Path) -> None:
    """See that the store's log of changes has not been lost, and with it what the store knew.

    After `kill -9` all that a young store knows may be in that log.

    Raises:
        StartError: it knows of no app, and there are slugs, databases or caches of some.
    """
    file = data / STORE
    if not file.exists() or ids(file, "App"):
        return
    # A slug outlives its app's record for a moment.
    ownerless = _stored_ids(data) - ids(file, "Slug")
    if ownerless:
        raise StartError(
            f"{file} knows of no app, and slugs, databases or caches of apps are still there: if "
            f"{file.name}-wal beside it was lost, put it back; or lose them: "
            f"{recovery_advice(data)}"
        )


def _stored_ids(data: Path) -> set[str]:
    """Return the ids of the slugs and add-ons that have files."""
    slugs = {folder.name for folder in (data / "slugs").glob("*")}
    return slugs | addons.stored_ids(data)


@contextmanager
def translate_store_errors(data: Path) -> Iterator[None]:
    """Turn an error of the store into a StartError that says what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if disk_full.is_disk_full(error, data):
            raise
        # The last byte of an extended code is its kind.
        damaged = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in DAMAGED
        advice = (
            recovery_advice(data) if damaged else "nothing else may use it, and it has to be yours."
        )
        raise StartError(f"{data / STORE} cannot be used ({error}): {advice}") from None
