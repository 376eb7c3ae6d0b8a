"""Caches records as last written or read, and the results of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from localheroku.core.record import Record

R = TypeVar("R", bound=Record)

MAX_ENTRIES = 2000
"""Records and results of one kind; above this number the kind's cache is cleared."""


class Query(NamedTuple):
    """Selects records by the values of fields, in an order that a change of a record keeps."""

    fields: tuple[str, ...]
    values: tuple[Any, ...]
    order: str


Rows = Iterable[tuple[str, str]]
"""The ids and documents of records."""


@dataclass
class _KindCache:
    records: dict[str, Any] = field(default_factory=dict)
    results: dict[Query, list[str]] = field(default_factory=dict)
    queried_fields: set[str] = field(default_factory=set)

    def make_room(self) -> None:
        if len(self.records) + len(self.results) > MAX_ENTRIES:
            self.records.clear()
            self.results.clear()


class RecordCache:
    """Records and query results by kind; reads what it does not hold."""

    def __init__(self) -> None:
        self._kinds: defaultdict[type[Record], _KindCache] = defaultdict(_KindCache)

    def find(self, kind: type[R], identity: str, read: Callable[[], Rows]) -> R | None:
        """Return the record of that id, or None."""
        cache = self._kinds[kind]
        if identity not in cache.records:
            cache.make_room()
            cache.records[identity] = None
            self._load(kind, read())
        found: R | None = cache.records[identity]
        return found

    def query(self, kind: type[R], query: Query, read: Callable[[], Rows]) -> list[R]:
        """Return the records that the query selects."""
        cache = self._kinds[kind]
        if query not in cache.results:
            cache.make_room()
            cache.results[query] = self._load(kind, read())
            cache.queried_fields.update(query.fields)
        return [cache.records[identity] for identity in cache.results[query]]

    def change(self, record: Record) -> None:
        """Replace the cached record."""
        cache = self._kinds[type(record)]
        before = cache.records.get(record.id)
        if before is None or any(
            getattr(before, name) != getattr(record, name) for name in cache.queried_fields
        ):
            cache.results.clear()
        cache.make_room()
        cache.records[record.id] = record

    def remove(self, record: Record) -> None:
        """Cache that the record is gone; no other record was removed with it."""
        cache = self._kinds[type(record)]
        cache.results.clear()
        cache.make_room()
        cache.records[record.id] = None

    def clear(self) -> None:
        self._kinds.clear()

    def __iter__(self) -> Iterator[Record]:
        for cache in self._kinds.values():
            yield from filter(None, cache.records.values())

    def _load(self, kind: type[Record], rows: Rows) -> list[str]:
        """Cache the records of the rows; return their ids."""
        records, ids = self._kinds[kind].records, []
        for identity, document in rows:
            if records.get(identity) is None:
                records[identity] = kind(**json.loads(document))
            ids.append(identity)
        return ids
