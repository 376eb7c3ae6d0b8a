"""Errors of a start that finds unusable files, each with the way to recover."""

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
"""Folders whose owners only the store knows."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""https://www.sqlite.org/rescode.html; the other codes do not mean damage."""


class StartError(Exception):
    """The local Heroku cannot start here; the text says what to do."""


def recovery_advice(data: Path) -> str:
    """Return how to continue without the damaged files, as the end of a sentence."""
    reset_advice = (
        "run `dynostack local reset` to start over without the existing apps, databases and caches"
    )
    snapshot_names = ", ".join(snapshots.names(data))
    if not snapshot_names:
        return reset_advice
    return (
        f"{reset_advice}; snapshots survive the reset: restore one with `dynostack local start` "
        f"and `dynostack local restore NAME` ({snapshot_names})"
    )


def unexpected(data: Path) -> str:
    """Return the last line about an unexpected error; its traceback comes before."""
    return (
        "the local Heroku stopped on an unexpected error: read the lines before this one, also in "
        f"{data / 'server.log'}, and start it again; if that fails, {recovery_advice(data)}"
    )


def require_store(data: Path) -> None:
    """Check that the store has not been lost while files of its apps still exist.

    Raises:
        StartError: it is missing or empty, and there are files of apps.
    """
    file = data / STORE
    is_lost = not file.exists() or not file.stat().st_size
    if is_lost and any(any((data / name).glob("*")) for name in APP_FOLDERS):
        how = "empty" if file.exists() else "missing"
        raise StartError(
            f"cannot start: {file} is {how}, but files of its apps still exist; put it back with "
            f"its -wal and -shm files, or {recovery_advice(data)}"
        )


def require_records(data: Path) -> None:
    """Check that the store's write-ahead log, with the records in it, has not been lost.

    After `kill -9` all records of a young store may be in that log.

    Raises:
        StartError: the store has no app, but there are slugs, databases or caches of apps.
    """
    file = data / STORE
    if not file.exists() or ids(file, "App"):
        return
    # A slug's files exist for a moment after its app's record is removed.
    ownerless = _stored_ids(data) - ids(file, "Slug")
    if ownerless:
        raise StartError(
            f"cannot start: {file} contains no app, but slugs, databases or caches of apps still "
            f"exist; put {file.name}-wal back next to it if it was lost, or {recovery_advice(data)}"
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
        # The last byte of an extended code is its primary code.
        damaged = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in DAMAGED
        advice = (
            recovery_advice(data)
            if damaged
            else "check that no other program uses it and that it belongs to you"
        )
        raise StartError(f"cannot use {data / STORE}: {error}; {advice}") from None
