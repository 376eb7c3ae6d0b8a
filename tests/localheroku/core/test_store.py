"""What the store keeps, and what is removed together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from localheroku import control
from localheroku.api import endpoints
from localheroku.core.provisioning import Job, Outcome
from localheroku.core.record import Record
from localheroku.core.store import Store, ids

KINDS = """
    Absence Addon AllowedService App AppTransfer Attachment Authorization Build Client
    Collaborator ConfigVars Controls Coupling Course Delivery Domain Drain Event Fault
    Invitation InvoiceAddress Member Peering Pipeline Process Promotion Release Report
    Repository ReviewApp ReviewAppConfig Ruleset Setup Slug SniEndpoint Space SpaceAccess SshKey
    Target Team TeamPreferences TestRun Token Transfer User UserPreferences VpnConnection
    Webhook
"""
"""The kinds in the stores of earlier versions, and those added since."""


@dataclass(frozen=True, kw_only=True)
class Shelf(Record):
    name: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Book(Record):
    name: str


def shelf(name: str, parent: str | None = None) -> Shelf:
    return Shelf(id=f"shelf-{name}", parent=parent, created_at="", updated_at="", name=name)


def book(name: str, parent: str) -> Book:
    return Book(id=f"book-{name}", parent=parent, created_at="", updated_at="", name=name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


def test_a_record_is_found_by_kind_and_id(store: Store) -> None:
    record = store.put(replace(shelf("a"), labels={"x": "é"}))

    assert store.find(Shelf, record.id) == record
    assert store.find(Book, record.id) is None
    inside = store.put(book("x", record.id))
    assert store.find(Book, inside.id, parent=record.id) == inside
    assert store.find(Book, inside.id, parent="shelf-b") is None
    assert store.named(Shelf, name="a", parent=None) == record
    assert store.named(Shelf, name="b") is None


def test_a_changed_record_keeps_its_place(store: Store) -> None:
    first, second = store.put(shelf("a")), store.put(shelf("b"))
    changed = store.put(replace(first, name="z"))

    assert store.every(Shelf) == [changed, second]
    assert store.find(Shelf, first.id) == store.named(Shelf, name="z") == changed
    assert store.named(Shelf, name="a") is None


def test_the_newest_come_first(store: Store) -> None:
    parent = store.put(shelf("a"))
    books = [store.put(book(name, parent.id)) for name in "abcdefghi"]

    assert list(store.newest(Book, parent.id)) == books[::-1]
    books.append(store.put(book("z", parent.id)))
    assert next(store.newest(Book, parent.id)) == books[-1]
    assert list(store.newest(Book, "other")) == []


def test_children_are_removed_with_their_record(store: Store) -> None:
    outer, other = store.put(shelf("outer")), store.put(shelf("other"))
    inner = store.put(shelf("inner", outer.id))
    store.put(book("deep", inner.id))
    stored = store.put(book("kept", other.id))

    store.remove(outer)

    assert store.every(Shelf) == [other]
    assert store.every(Book) == [stored]
    assert store.every(Book, parent=inner.id) == []


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    def half() -> None:
        with store.transaction():
            store.put(shelf("a"))
            with store.transaction():
                store.put(shelf("b"))
            assert len(store.every(Shelf)) == 2
            raise KeyError

    with pytest.raises(KeyError):
        half()

    assert store.every(Shelf) == []


def test_records_survive_reopening_the_store(store: Store, path: Path) -> None:
    record = store.put(shelf("a"))

    other = Store(path)
    found = other.every(Shelf)
    other.close()

    assert found == [record]
    assert path.stat().st_mode & 0o777 == 0o600


def _put_and_fail(store: Store) -> None:
    with store.transaction():
        store.put(shelf("b"))
        raise ZeroDivisionError


def test_watchers_are_notified_once_a_change_is_committed(store: Store) -> None:
    calls: list[tuple[str, bool]] = []

    def watch(record: Record, stays: bool) -> Callable[[], None]:
        return lambda: calls.append((record.id, stays))

    told_too: list[str] = []
    store.watchers += [watch, lambda record, _: lambda: told_too.append(record.id)]
    first = store.put(shelf("a"))
    with store.transaction():
        store.remove(first)
        assert calls == [("shelf-a", True)]
    with pytest.raises(ZeroDivisionError):
        _put_and_fail(store)
    store.put(shelf("c"))

    assert calls == [("shelf-a", True), ("shelf-a", False), ("shelf-c", True)]
    assert told_too == ["shelf-a", "shelf-a", "shelf-c"]
    assert store.any(Shelf)
    assert not store.any(Book)


def test_each_kind_of_record_keeps_its_name() -> None:
    """Check the names in the store: a renamed class declares its old name."""
    modules = {endpoint.handler.__module__ for endpoint in (*endpoints(), *control.endpoints())}
    kinds = [kind for kind in Record.__subclasses__() if kind.__module__.startswith("localheroku.")]

    assert len(kinds) > 30 < len(modules)
    assert sorted(kind.stored_as for kind in kinds) == KINDS.split()


def test_a_record_of_a_renamed_class_is_read_from_an_older_store(store: Store) -> None:
    job = Job(id="course-a", created_at="", updated_at="", due=7.0, outcome=Outcome.FAILS)
    store._database.execute(  # noqa: SLF001
        "INSERT INTO records (kind, id, document) VALUES ('Course', ?, ?)",
        (job.id, json.dumps(vars(job))),
    )

    assert store.every(Job) == [job]
    store.put(replace(job, due=8.0))
    assert ids(store._path, "Course") == {job.id}  # noqa: SLF001
