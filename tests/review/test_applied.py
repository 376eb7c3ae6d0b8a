"""The rest of a reviewed plan is distinguished from any other change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dynostack.review import applied
from dynostack.review.model import Operation
from dynostack.review.step import Preview, Step
from tests.review.steps import addon, app, database, dynos, person

PLAN = {"config": {"shop:app": {"name": "acme-shop"}}}
DIGEST = "0" * 64
CREATED = replace(database(None, "standard-0"), made_up=frozenset({"postgres-0a1b2c3"}))


def _app(**new: str) -> Step:
    """Return an update of the app's config vars, which all were 1."""
    old = {"A": "1", "B": "1"}
    changed = app({"configVars": old}, {"configVars": {**old, **new}})
    return replace(changed, differences={f"configVars.{name}": "update" for name in new})


REVIEWED = (
    _app(A="2", B="2"),
    CREATED,
    addon("memcachier", "dev", None),
    dynos("1 Basic", "2 Basic"),
    replace(person("dev@acme.example", None, ["view"]), operation=Operation.REPLACE),
)


def preview(*steps: Step, drift: tuple[Step, ...] = ()) -> Preview:
    return Preview("prod", "shop", steps, drift)


RECORD = applied.record(preview(*REVIEWED), PLAN)


def other(now: Preview, plan: dict[str, Any] | None = None) -> list[str]:
    return applied.unreviewed(now, plan or PLAN, RECORD)


RESTS: dict[str, tuple[Step, ...]] = {
    "everything": REVIEWED,
    "nothing": (),
    "one resource": REVIEWED[:1],
    "a database that was created and not completed": (
        replace(CREATED, operation=Operation.UPDATE, old={}),
    ),
    "a database with another made-up name": (replace(CREATED, made_up=frozenset({"x"})),),
    "a replacement of which the old half is gone": (
        replace(REVIEWED[4], operation=Operation.CREATE),
    ),
}


@pytest.mark.parametrize("name", RESTS)
def test_the_rest_of_a_plan_was_reviewed(name: str) -> None:
    assert other(preview(*RESTS[name])) == []


OTHERS: dict[str, tuple[Step, ...]] = {
    "another resource": (person("eve@acme.example", None, ["view"]),),
    "another goal": (dynos("1 Basic", "3 Basic"),),
    "another beginning": (dynos("3 Basic", "2 Basic"),),
    "a destruction": (database("standard-0", None),),
    "a replacement": (replace(REVIEWED[3], operation=Operation.REPLACE),),
}


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_change_was_not_reviewed(name: str) -> None:
    steps = OTHERS[name]
    assert other(preview(*steps)) == [each.name for each in steps]


def test_another_file_was_not_reviewed() -> None:
    assert other(preview(*REVIEWED), {"config": {}}) == ["the environment's file"]


def test_drift_is_the_plan_s_own_or_was_not_reviewed() -> None:
    done = replace(_app(A="2"), is_drift=True)
    assert other(preview(drift=(done,))) == []
    assert other(preview(drift=(replace(_app(A="3"), is_drift=True),))) == ["app"]
    gone = replace(addon("memcachier", "dev", None), is_drift=True)
    assert other(preview(drift=(gone,))) == []
    assert other(preview(drift=(person("eve@acme.example", ["view"], None),))) != []


MESSAGE = applied.message(DIGEST, preview(*REVIEWED), PLAN)
REST = applied.message(DIGEST, preview(*REVIEWED[:1]), PLAN)
ANOTHER = applied.message("1" * 64, preview(*REVIEWED), PLAN)
FAILED = {"kind": "update", "message": MESSAGE, "result": "failed"}
BY_HAND = {"kind": "update", "message": "by hand", "result": "succeeded"}
REFRESHED = {"kind": "refresh", "result": "succeeded"}


@pytest.mark.parametrize(
    "history",
    [
        [FAILED, BY_HAND],
        [REFRESHED, FAILED],
        [{**FAILED, "message": REST}, FAILED],
    ],
)
def test_a_plan_that_failed_halfway_was_started(history: list[dict[str, str]]) -> None:
    found = applied.begun(DIGEST, history)
    assert found == json.loads(json.dumps(RECORD))
    assert found is not None
    assert applied.unreviewed(preview(*REVIEWED), PLAN, found) == []


@pytest.mark.parametrize(
    "history",
    [
        [],
        [BY_HAND],
        [{"kind": "update"}],
        [{**FAILED, "result": "succeeded"}],
        [BY_HAND, FAILED],
        [{**FAILED, "message": ANOTHER}, FAILED],
    ],
)
def test_an_old_plan_is_not_continued(history: list[dict[str, str]]) -> None:
    assert applied.begun(DIGEST, history) is None


def test_a_plan_that_was_applied_is_known() -> None:
    applied_whole = {**FAILED, "result": "succeeded"}
    assert applied.was_applied(DIGEST, [BY_HAND, applied_whole])
    assert not applied.was_applied("1" * 64, [BY_HAND, applied_whole])


def test_the_record_has_no_values() -> None:
    planted = app({"configVars": {"A": "planted-old"}}, {"configVars": {"A": "planted-new"}})
    assert "planted" not in applied.message(DIGEST, preview(planted), PLAN)


def test_a_plan_too_large_for_a_message_leaves_only_its_digest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(applied, "LONGEST_MESSAGE", 200)
    message = applied.message(DIGEST, preview(*REVIEWED), PLAN)
    assert applied.begun(DIGEST, [{**FAILED, "message": message}]) is None
    assert applied.was_applied(DIGEST, [{**FAILED, "message": message}])
