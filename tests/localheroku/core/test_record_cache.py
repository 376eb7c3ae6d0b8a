"""What is known of records without reading them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from localheroku.core import record_cache
from localheroku.core.record import Record
from localheroku.core.record_cache import Memory, Question, Rows


@dataclass(frozen=True, kw_only=True)
class Cup(Record):
    color: str
    full: bool = False


RED = Cup(id="1", created_at="", updated_at="", color="red")
BLUE = Cup(id="2", created_at="", updated_at="", color="blue")
REDS = Question(("color",), ("red",), "position")


def rows(*records: Record) -> Rows:
    return [(record.id, json.dumps(vars(record))) for record in records]


def kept(*records: Record) -> Callable[[], Rows]:
    return lambda: rows(*records)


def never() -> Rows:
    raise AssertionError("it was read again")


def test_what_is_known_is_not_read_again() -> None:
    remembered = Memory()

    assert remembered.several(Cup, REDS, kept(RED)) == [RED]
    assert remembered.several(Cup, REDS, never) == [RED]
    assert remembered.one(Cup, "1", never) == RED
    assert remembered.one(Cup, "9", kept()) is None
    assert remembered.one(Cup, "9", never) is None
    assert list(remembered) == [RED]


def test_a_list_is_the_caller_s_own() -> None:
    remembered = Memory()
    remembered.several(Cup, REDS, kept(RED)).clear()

    assert remembered.several(Cup, REDS, never) == [RED]


def test_a_change_is_in_every_answer_that_it_leaves_as_it_is() -> None:
    remembered, full = Memory(), replace(RED, full=True)
    remembered.several(Cup, REDS, kept(RED))

    remembered.change(full)

    assert remembered.several(Cup, REDS, never) == [full]


def test_a_change_of_what_was_asked_for_and_a_new_record_make_it_read_again() -> None:
    remembered, painted = Memory(), replace(RED, color="green")
    remembered.several(Cup, REDS, kept(RED))

    remembered.change(painted)
    assert remembered.several(Cup, REDS, kept()) == []

    remembered.change(BLUE)
    assert remembered.several(Cup, REDS, kept(BLUE)) == [BLUE]
    assert remembered.one(Cup, "1", never) == painted


def test_what_is_removed_is_not_found_and_the_rest_is_not_read_again() -> None:
    remembered = Memory()
    remembered.change(RED)
    remembered.change(BLUE)

    remembered.remove(RED)

    assert remembered.one(Cup, "1", never) is None
    assert remembered.one(Cup, "2", never) == BLUE
    assert remembered.several(Cup, REDS, kept()) == []


def test_it_does_not_grow_without_end() -> None:
    remembered = Memory()
    for number in range(2 * record_cache.MOST):
        remembered.change(replace(RED, id=f"put-{number}"))
        remembered.one(Cup, f"read-{number}", kept(replace(RED, id=f"read-{number}")))

    assert record_cache.MOST / 2 < len(list(remembered)) <= record_cache.MOST + 2
    remembered.forget()
    assert list(remembered) == []
