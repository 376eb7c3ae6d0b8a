"""The digest of a plan is the same for the same change, and different for any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from dynostack.review.digest import digest
from dynostack.review.preview_parser import from_events
from dynostack.review.step import Preview
from tests.review.cases import load
from tests.review.recording import Recording
from tests.review.steps import app, database, dynos

NAME = "postgres-0a1b2c3"


def preview(name: str = NAME) -> Preview:
    made = replace(database(None, "standard-0"), made_up=frozenset({name}))
    return Preview("prod", "shop", (made, dynos("1 Basic", "2 Basic"), app({}, {})))


def plan(name: str = NAME, **more: Any) -> dict[str, Any]:
    goal = {"inputDiff": {"adds": {"name": name}}, "dependencies": ["urn:a", "urn:b"]}
    goal["outputDiff"] = {"deletes": ["a", "b"]}
    state = {"name": name, "url": {"ciphertext": "v1:a"}}
    resource = {"goal": goal, "steps": ["create"], "seed": "s", "state": state}
    config = {"shop:app": {"configVars": {"A": {"secure": "v1:x"}}}}
    return {"manifest": {"time": "now"}, "config": config, "resourcePlans": {"u": resource}, **more}


def _without(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    changed = plan()
    change(changed)
    return changed


SAME = {
    "time": plan(manifest={"time": "later"}),
    "seed": _without(lambda each: each["resourcePlans"]["u"].update(seed="t")),
    "encryption": _without(
        lambda each: each["resourcePlans"]["u"]["state"]["url"].update(ciphertext="v1:b")
    ),
    "order of what goes": _without(
        lambda each: each["resourcePlans"]["u"]["goal"]["outputDiff"]["deletes"].reverse()
    ),
    "order": _without(lambda each: each["resourcePlans"]["u"]["goal"]["dependencies"].reverse()),
}
OTHER = {
    "a secret of the file": _without(
        lambda each: each["config"]["shop:app"]["configVars"]["A"].update(secure="v1:y")
    ),
    "a resource": _without(lambda each: each["resourcePlans"].clear()),
    "a step": _without(lambda each: each["resourcePlans"]["u"].update(steps=["replace"])),
    "an output": _without(lambda each: each["resourcePlans"]["u"]["state"].update(sum="1")),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_change_has_the_same_digest(name: str) -> None:
    assert digest(preview(), SAME[name]) == digest(preview(), plan())


def test_a_made_up_name_does_not_change_the_digest() -> None:
    again = "postgres-9f8e7d6"
    assert digest(preview(again), plan(again)) == digest(preview(), plan())


@pytest.mark.parametrize("name", OTHER)
def test_another_plan_has_another_digest(name: str) -> None:
    assert digest(preview(), OTHER[name]) != digest(preview(), plan())


def test_another_step_or_drift_changes_the_digest() -> None:
    before = preview()
    three = replace(before, steps=(*before.steps[:1], dynos("1 Basic", "3 Basic")))
    from_three = replace(before, steps=(*before.steps[:1], dynos("3 Basic", "2 Basic")))
    drift = replace(before, drift=(dynos("2 Basic", "1 Basic"),))
    elsewhere = replace(before, stack="staging")
    digests = {digest(each, plan()) for each in (before, three, from_three, drift, elsewhere)}
    assert len(digests) == 5


def test_it_can_be_written_on_a_command_line() -> None:
    told = digest(preview(), plan())
    assert len(told) == 64
    assert set(told) <= set("0123456789abcdef")


FORCED = ("drain-secret", "app-replaced-by-region", "app-replaced-by-team")
"""Recorded previews in which several properties force a replacement."""
ANY_ORDER = frozenset({"keys", "diffs", "dependencies"})
"""Lists that the engine builds from Go maps, in random order."""


def _shuffled(value: Any, random: Random, key: str = "") -> Any:
    if isinstance(value, dict):
        entries = [*value.items()]
        random.shuffle(entries)
        return {name: _shuffled(each, random, name) for name, each in entries}
    if isinstance(value, list):
        items = [_shuffled(each, random) for each in value]
        if key in ANY_ORDER:
            random.shuffle(items)
        return items
    return value


@pytest.mark.parametrize("name", FORCED)
def test_the_order_of_unordered_lists_does_not_change_the_digest(name: str) -> None:
    recording = Recording.of(next(case for case in load()[1] if case.name == name))
    events, saved = recording.events, recording.plan
    assert saved
    forcing = [each["resourcePreEvent"]["metadata"]["keys"] for each in events if _forces(each)]
    assert any(len(keys) > 1 for keys in forcing)
    random = Random(name)
    digests = {
        digest(from_events(_shuffled(events, random)), _shuffled(saved, random)) for _ in range(100)
    }
    assert digests == {digest(from_events(events), saved)}


def _forces(event: dict[str, Any]) -> bool:
    return bool(event.get("resourcePreEvent", {}).get("metadata", {}).get("keys"))
