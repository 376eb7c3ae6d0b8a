"""Records as they were last put or read, and which of them answered what was asked of a kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from localheroku.core.record import Record

R = TypeVar("R", bound=Record)

MOST = 2000
"""Records and answers of one kind; with more it begins anew."""


class Question(NamedTuple):
    """Which records have these values in these fields, in an order that no change of one moves."""

    fields: tuple[str, ...]
    values: tuple[Any, ...]
    order: str


Rows = Iterable[tuple[str, str]]
"""The ids and documents of records."""


@dataclass
class _Kind:
    records: dict[str, Any] = field(default_factory=dict)
    answers: dict[Question, list[str]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def room(self) -> None:
        if len(self.records) + len(self.answers) > MOST:
            self.records.clear()
            self.answers.clear()


class Memory:
    """Reads what it does not know."""

    def __init__(self) -> None:
        self._kinds: defaultdict[type[Record], _Kind] = defaultdict(_Kind)

    def one(self, kind: type[R], identity: str, read: Callable[[], Rows]) -> R | None:
        """The record of that id, or None."""
        known = self._kinds[kind]
        if identity not in known.records:
            known.room()
            known.records[identity] = None
            self._learned(kind, read())
        found: R | None = known.records[identity]
        return found

    def several(self, kind: type[R], question: Question, read: Callable[[], Rows]) -> list[R]:
        """The records that answer the question."""
        known = self._kinds[kind]
        if question not in known.answers:
            known.room()
            known.answers[question] = self._learned(kind, read())
            known.asked.update(question.fields)
        return [known.records[identity] for identity in known.answers[question]]

    def change(self, record: Record) -> None:
        """It is as given from now on."""
        known = self._kinds[type(record)]
        before = known.records.get(record.id)
        if before is None or any(
            getattr(before, name) != getattr(record, name) for name in known.asked
        ):
            known.answers.clear()
        known.room()
        known.records[record.id] = record

    def remove(self, record: Record) -> None:
        """It is gone, and nothing went with it."""
        known = self._kinds[type(record)]
        known.answers.clear()
        known.room()
        known.records[record.id] = None

    def forget(self) -> None:
        self._kinds.clear()

    def __iter__(self) -> Iterator[Record]:
        for known in self._kinds.values():
            yield from filter(None, known.records.values())

    def _learned(self, kind: type[Record], rows: Rows) -> list[str]:
        """The ids of the rows, whose records are known from now on."""
        records, ids = self._kinds[kind].records, []
        for identity, document in rows:
            if records.get(identity) is None:
                records[identity] = kind(**json.loads(document))
            ids.append(identity)
        return ids
