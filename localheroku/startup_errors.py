"""What a start says of files that it cannot use, and how to go on from there."""

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
BELONGINGS = ("slugs", *sorted(addons.SERVICES))
"""Folders with what only the store knows the owners of."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""https://www.sqlite.org/rescode.html; the others pass."""


class StartError(Exception):
    """The local Heroku cannot start here; the text says what to do."""


def way_out(data: Path) -> str:
    """How to go on without what is damaged."""
    anew = "`dynostack local reset` starts anew, without the apps, databases and caches there were"
    kept = ", ".join(snapshots.names(data))
    if not kept:
        return f"{anew}."
    return (
        f"{anew}. Snapshots outlast it: then `dynostack local start` and `dynostack local restore "
        f"NAME` bring one back ({kept})."
    )


def unforeseen(data: Path) -> str:
    """What is said last of an error that nobody foresaw; all that is known of it comes before."""
    return (
        "The local Heroku cannot go on: the lines before this one say why, in "
        f"{data / 'server.log'} as well. If a start does not help, {way_out(data)}"
    )


def require_store(data: Path) -> None:
    """See that the store has not been lost: the belongings of its apps would be, too.

    Raises:
        StartError: it has, and they are there.
    """
    file = data / STORE
    lost = not file.exists() or not file.stat().st_size
    if lost and any(any((data / name).glob("*")) for name in BELONGINGS):
        how = "empty" if file.exists() else "gone"
        raise StartError(
            f"{file} is {how}, and what belongs to its apps is still there: put it back, with the "
            f"files beside it whose names begin alike, or lose them: {way_out(data)}"
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
    owned = _belongings(data) - ids(file, "Slug")
    if owned:
        raise StartError(
            f"{file} knows of no app, and slugs, databases or caches of apps are still there: if "
            f"{file.name}-wal beside it was lost, put it back; or lose them: {way_out(data)}"
        )


def _belongings(data: Path) -> set[str]:
    """The ids of the slugs and add-ons that have files."""
    slugs = {folder.name for folder in (data / "slugs").glob("*")}
    return slugs | addons.kept(data)


@contextmanager
def told(data: Path) -> Iterator[None]:
    """A store that cannot be read or written is said with what to do.  Raises StartError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if disk_full.tells_of(error, data):
            raise
        # The last byte of an extended code is its kind.
        damaged = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in DAMAGED
        advice = way_out(data) if damaged else "nothing else may use it, and it has to be yours."
        raise StartError(f"{data / STORE} cannot be used ({error}): {advice}") from None
