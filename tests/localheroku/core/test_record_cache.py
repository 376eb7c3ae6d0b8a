"""Records that are cached and not read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from localheroku.core import record_cache
from localheroku.core.record import Record
from localheroku.core.record_cache import Query, RecordCache, Rows


@dataclass(frozen=True, kw_only=True)
class Cup(Record):
    color: str
    full: bool = False


RED = Cup(id="1", created_at="", updated_at="", color="red")
BLUE = Cup(id="2", created_at="", updated_at="", color="blue")
REDS = Query(("color",), ("red",), "position")


def rows(*records: Record) -> Rows:
    return [(record.id, json.dumps(vars(record))) for record in records]


def rows_of(*records: Record) -> Callable[[], Rows]:
    return lambda: rows(*records)


def never() -> Rows:
    raise AssertionError("it was read again")


def test_a_cached_record_is_not_read_again() -> None:
    remembered = RecordCache()

    assert remembered.query(Cup, REDS, rows_of(RED)) == [RED]
    assert remembered.query(Cup, REDS, never) == [RED]
    assert remembered.find(Cup, "1", never) == RED
    assert remembered.find(Cup, "9", rows_of()) is None
    assert remembered.find(Cup, "9", never) is None
    assert list(remembered) == [RED]


def test_callers_get_their_own_list() -> None:
    remembered = RecordCache()
    remembered.query(Cup, REDS, rows_of(RED)).clear()

    assert remembered.query(Cup, REDS, never) == [RED]


def test_a_change_shows_in_cached_results_that_it_does_not_reorder() -> None:
    remembered, full = RecordCache(), replace(RED, full=True)
    remembered.query(Cup, REDS, rows_of(RED))

    remembered.change(full)

    assert remembered.query(Cup, REDS, never) == [full]


def test_a_change_of_a_queried_field_and_a_new_record_clear_the_results() -> None:
    remembered, painted = RecordCache(), replace(RED, color="green")
    remembered.query(Cup, REDS, rows_of(RED))

    remembered.change(painted)
    assert remembered.query(Cup, REDS, rows_of()) == []

    remembered.change(BLUE)
    assert remembered.query(Cup, REDS, rows_of(BLUE)) == [BLUE]
    assert remembered.find(Cup, "1", never) == painted


def test_a_removed_record_is_not_found_and_the_rest_stays_cached() -> None:
    remembered = RecordCache()
    remembered.change(RED)
    remembered.change(BLUE)

    remembered.remove(RED)

    assert remembered.find(Cup, "1", never) is None
    assert remembered.find(Cup, "2", never) == BLUE
    assert remembered.query(Cup, REDS, rows_of()) == []


def test_it_does_not_grow_without_limit() -> None:
    remembered = RecordCache()
    for number in range(2 * record_cache.MAX_ENTRIES):
        remembered.change(replace(RED, id=f"put-{number}"))
        remembered.find(Cup, f"read-{number}", rows_of(replace(RED, id=f"read-{number}")))

    assert record_cache.MAX_ENTRIES / 2 < len(list(remembered)) <= record_cache.MAX_ENTRIES + 2
    remembered.clear()
    assert list(remembered) == []
