"""The local Heroku's records, in one SQLite file, committed when a call returns."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from localheroku.core.cancellation import finished
from localheroku.core.record import Record
from localheroku.core.record_cache import Query, RecordCache, Rows

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL UNIQUE,
    parent   TEXT,
    document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_parent ON records (parent, kind);
CREATE INDEX IF NOT EXISTS records_by_kind ON records (kind);
"""
INDEXED = ("name", "email", "hostname", "user_id", "app_id", "token")
"""Fields that records are looked up by."""

SELECT = "SELECT id, document FROM records WHERE kind = ?"
COLUMNS = ("id", "parent")
FIELD = "json_extract(document, '$.{name}')"
CHECKPOINT_PAGES = 4000
"""Pages of the write-ahead log (16 MB) at which a write checkpoints it and waits for the disk.

`checkpoint` does this earlier, in a thread.
"""
CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"

INDEX = (
    f"CREATE INDEX IF NOT EXISTS records_by_{{name}} ON records ({FIELD}, kind)"
    f" WHERE {FIELD} IS NOT NULL"
)


R = TypeVar("R", bound=Record)

AfterCommit = Callable[[], None]
Watcher = Callable[[Record, bool], AfterCommit | None]
"""Called before a record is put (True) or removed; its result is called after the commit."""


def _condition(name: str, value: object) -> str:
    """Return a condition that uses an index; with `IS`, SQLite does not use partial indexes."""
    expression = name if name in COLUMNS else FIELD.format(name=name)
    return f"{expression} {'IS' if value is None else '='} ?"


def ids(path: Path, kind: str) -> set[str]:
    """Return the ids of a kind's records in the file of a closed store, without writing to it."""
    with closing(sqlite3.connect(path)) as database:
        table = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'records'").fetchone()
        found = database.execute("SELECT id FROM records WHERE kind = ?", (kind,)) if table else ()
        return {id_ for (id_,) in found}


def _checkpoint(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(CHECKPOINT)


class Store:
    """Records by kind (their class), id and parent, in the order they were added."""

    def __init__(self, path: Path) -> None:
        self.watchers: list[Watcher] = []
        self._after_commit: list[AfterCommit] = []
        self._cache = RecordCache()
        self._path = path
        self._checkpointed = 0
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._database.executescript(SCHEMA)
        for name in INDEXED:
            self._database.execute(INDEX.format(name=name))
        self._database.execute(CHECKPOINT)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block or none.

        The block must not await, or the transaction would include another call's writes.
        """
        if self._database.in_transaction:
            yield
            return
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction, or left it open just before its commit.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            self._after_commit.clear()
            self._cache.clear()
            raise
        callbacks, self._after_commit = self._after_commit, []
        for callback in callbacks:
            callback()

    def put(self, record: R) -> R:
        """Add the record, or replace the one with its id, which keeps its place in the order."""
        callbacks = self._notify_watchers(record, stays=True)
        self._database.execute(
            "INSERT INTO records (kind, id, parent, document) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE"
            " SET parent = excluded.parent, document = excluded.document",
            (record.stored_as, record.id, record.parent, json.dumps(vars(record))),
        )
        self._cache.change(record)
        self._run_after_commit(callbacks)
        return record

    def find(self, kind: type[R], identity: str, parent: str | None = None) -> R | None:
        """Return the record of that kind and id, or None; with a parent, only its own."""
        record = self._cache.find(kind, identity, lambda: self._rows(kind, id=identity))
        return record if record and parent in (None, record.parent) else None

    def every(self, kind: type[R], parent: str | None = None) -> list[R]:
        """Return all records of a kind, or those with this parent."""
        return self._read(kind) if parent is None else self._read(kind, parent=parent)

    def any(self, kind: type[Record]) -> bool:
        """Return whether there is a record of a kind."""
        return bool(self._read(kind, "position LIMIT 1"))

    def newest(self, kind: type[R], parent: str) -> Iterator[R]:
        """Yield this parent's records, newest first; read them as the caller iterates.

        If a record is added meanwhile, another one is yielded twice.
        """
        skipped = 0
        while True:
            limit = skipped + 1
            order = f"position DESC LIMIT {limit} OFFSET {skipped}"
            found = self._read(kind, order, parent=parent)
            yield from found
            if len(found) < limit:
                return
            skipped += limit

    def older(self, kind: type[R], parent: str, newer: int, count: int) -> list[R]:
        """Return records of this parent, newest first, skipping the `newer` newest ones.

        The cost does not grow with the number of records.
        """
        return self._read(kind, f"position DESC LIMIT {count} OFFSET {newer}", parent=parent)

    def is_older(self, record: Record, newer: int) -> bool:
        """Return whether at least `newer` records of its kind and parent were added after it."""
        count = self._database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM records WHERE parent = ? AND kind = ?"
            " AND position > (SELECT position FROM records WHERE id = ?) LIMIT ?)",
            (record.parent, record.stored_as, record.id, newer),
        )
        return bool(count.fetchone()[0] >= newer)

    def having(self, kind: type[R], **fields: Any) -> list[R]:
        """Return all records of a kind whose fields have these values; no lists or objects.

        This is fast for a field in INDEXED.
        """
        return self._read(kind, **fields)

    def named(self, kind: type[R], **fields: Any) -> R | None:
        """Return the first record of a kind whose fields have these values, or None."""
        return next(iter(self.having(kind, **fields)), None)

    def remove(self, record: Record) -> None:
        """Remove the record and everything under it."""
        callbacks = self._notify_watchers(record, stays=False)
        before = self._database.total_changes
        self._database.execute(
            "WITH RECURSIVE gone (id) AS ("
            " SELECT ? UNION SELECT records.id FROM records JOIN gone ON records.parent = gone.id)"
            " DELETE FROM records WHERE id IN (SELECT id FROM gone)",
            (record.id,),
        )
        if self._database.total_changes > before + 1:
            self._cache.clear()
        else:
            self._cache.remove(record)
        self._run_after_commit(callbacks)

    def _read(self, kind: type[R], order: str = "position", **fields: Any) -> list[R]:
        query = Query(tuple(fields), tuple(fields.values()), order)
        return self._cache.query(kind, query, lambda: self._rows(kind, order, **fields))

    def _rows(self, kind: type[Record], order: str = "position", **fields: Any) -> Rows:
        conditions = (_condition(name, value) for name, value in fields.items())
        query = f"{' AND '.join((SELECT, *conditions))} ORDER BY {order}"
        return self._database.execute(query, (kind.stored_as, *fields.values()))

    def _notify_watchers(self, record: Record, *, stays: bool) -> list[AfterCommit]:
        """Notify the watchers; return the callbacks to run after the commit."""
        return [callback for watch in self.watchers if (callback := watch(record, stays))]

    def _run_after_commit(self, callbacks: list[AfterCommit]) -> None:
        if self._database.in_transaction:
            self._after_commit += callbacks
            return
        for callback in callbacks:
            callback()

    @property
    def has_changed(self) -> bool:
        """Whether anything was written since the last checkpoint started."""
        return self._database.total_changes != self._checkpointed

    async def checkpoint(self) -> None:
        """Merge the write-ahead log into the file, so that little is lost with the log."""
        self._checkpointed = self._database.total_changes
        # Use a separate connection: the other one belongs to the event loop's thread.
        await finished(asyncio.to_thread(_checkpoint, self._path))

    def close(self) -> None:
        self._cache.clear()
        self._database.close()
