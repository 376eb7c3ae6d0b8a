"""A recorded preview, stored as its difference from the other cases of its base.

previews/<case>/preview.json has one event of the engine per line, and plan.json one resource's plan
per line. Content that several cases of a base share word for word is in bases/<base>/, and a case
refers to it: with `{"shared": "resourcePreEvent same heroku:app/app:App::app"}` in place of an
event, and with `"shared"` in place of a resource's plan. Reading replaces the references.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.review.cases import HERE, Case
from tests.review.ids import Labels, Numbers, end_of

BASES = HERE / "bases"
SHARED = "shared"
RESOURCES = "resourcePlans"
Values = dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """The engine's output for a case: its events or one document, and the plan if it saved one.

    An event's position in the list is its `sequence`.
    """

    events: list[Values]
    plan: Values | None

    @classmethod
    def of(cls, case: Case) -> Recording:
        """Read a recording in the form that the engine writes."""
        stored, numbers = cls.stored(case), Numbers()
        events = numbers.within(stored.events)
        if not case.document:
            events = [{"sequence": number, **event} for number, event in enumerate(events)]
        return cls(events, numbers.within(stored.plan))

    @classmethod
    def stored(cls, case: Case) -> Recording:
        """Read a recording with labels in place of ids."""
        shared = _stored(case.base)
        events = [shared.event(json.loads(line)) for line in case.preview.read_text().splitlines()]
        plan = shared.plan(json.loads(case.plan.read_text())) if case.plan.exists() else None
        return cls(events, plan)

    def labeled(self) -> Recording:
        """Return the recording with labels in place of ids."""
        labels = Labels(self.events, self.plan)
        return Recording(labels.within(self.events), labels.within(self.plan))

    @property
    def text(self) -> str:
        """Return the engine's standard output."""
        return _lines(self.events)


def files(base: str, recordings: Iterable[tuple[Case, Recording]]) -> Iterator[tuple[Path, str]]:
    """Yield each file that stores the labeled recordings of a base, and its content."""
    recordings = [*recordings]
    shared = _Shared.among(recording for _, recording in recordings)
    events, plans = _files(base)
    yield events, _indented(shared.events)
    yield plans, _indented(shared.plans)
    for case, recording in recordings:
        yield case.preview, _lines(map(shared.without_event, recording.events))
        if recording.plan is not None:
            yield case.plan, _indented(shared.without_plan(recording.plan), depth=2)


@dataclass(frozen=True)
class _Shared:
    """The events and resource plans that several cases of a base share."""

    events: Values
    plans: Values

    @classmethod
    def among(cls, recordings: Iterable[Recording]) -> _Shared:
        events: dict[str, Counter[str]] = defaultdict(Counter)
        plans: dict[str, Counter[str]] = defaultdict(Counter)
        for recording in recordings:
            for key, text in {(_key(event), json.dumps(event)): 0 for event in recording.events}:
                events[key][text] += 1
            for urn, plan in (recording.plan or {}).get(RESOURCES, {}).items():
                plans[urn][json.dumps(plan)] += 1
        events.pop("", None)
        return cls(dict(_most_common(events)), dict(_most_common(plans)))

    def event(self, stored: Values) -> Values:
        return self.events[stored[SHARED]] if SHARED in stored else stored

    def without_event(self, event: Values) -> Values:
        key = _key(event)
        return {SHARED: key} if _is_same(self.events.get(key), event) else event

    def plan(self, stored: Values) -> Values:
        plans = {
            urn: self.plans[urn] if plan == SHARED else plan
            for urn, plan in stored.get(RESOURCES, {}).items()
        }
        return {**stored, RESOURCES: plans}

    def without_plan(self, whole: Values) -> Values:
        plans = {
            urn: SHARED if _is_same(self.plans.get(urn), plan) else plan
            for urn, plan in whole.get(RESOURCES, {}).items()
        }
        return {**whole, RESOURCES: plans}


@cache
def _stored(base: str) -> _Shared:
    return _Shared(*(json.loads(file.read_text()) for file in _files(base)))


def _files(base: str) -> tuple[Path, Path]:
    return BASES / base / "events.json", BASES / base / "plans.json"


def _key(event: Values) -> str:
    """Return the kind, operation and resource of an event; empty if it has no resource."""
    for kind, fields in event.items():
        if kind.endswith("Event"):
            about = {**fields, **fields.get("metadata", {})}
            urn = about.get("urn") or about.get("resourceUrn")
            words = (kind, about.get("op"), end_of(urn) if urn else None)
            return " ".join(filter(None, words)) if urn else ""
    return ""


def _most_common(texts: Mapping[str, Counter[str]]) -> Iterator[tuple[str, Any]]:
    for key, counted in texts.items():
        text, count = counted.most_common(1)[0]
        if count > 1:
            yield key, json.loads(text)


def _is_same(one: Any, other: Any) -> bool:
    """Compare as text, because the order of keys matters too."""
    return json.dumps(one) == json.dumps(other)


def _lines(values: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in values)


def _indented(values: Values, depth: int = 1) -> str:
    """Return JSON with each value of the first levels on its own line."""
    return f"{_nested(values, depth)}\n"


def _nested(value: Any, depth: int) -> str:
    if not depth or not isinstance(value, dict) or not value:
        return json.dumps(value)
    entries = (f"{json.dumps(key)}: {_nested(each, depth - 1)}" for key, each in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"
