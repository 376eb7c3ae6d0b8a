"""A recorded preview, stored as what differs from the other cases of its base.

previews/<case>/preview.json has an event of the engine a line, plan.json a resource's plan a line.
What several cases of a base have word for word is in bases/<base>/, and a case refers to it:
`{"shared": "resourcePreEvent same heroku:app/app:App::app"}` in place of an event, `"shared"` in
place of a resource's plan. Reading puts all of it back.
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
    """What the engine wrote of a case: its events, or one document, and the plan if it saved one.

    An event's place in the list stands for its `sequence`.
    """

    events: list[Values]
    plan: Values | None

    @classmethod
    def of(cls, case: Case) -> Recording:
        """Read a recording as the engine would write it."""
        stored, numbers = cls.stored(case), Numbers()
        events = numbers.within(stored.events)
        if not case.document:
            events = [{"sequence": number, **event} for number, event in enumerate(events)]
        return cls(events, numbers.within(stored.plan))

    @classmethod
    def stored(cls, case: Case) -> Recording:
        """Read a recording with labels for ids."""
        shared = _stored(case.base)
        events = [shared.event(json.loads(line)) for line in case.preview.read_text().splitlines()]
        plan = shared.plan(json.loads(case.plan.read_text())) if case.plan.exists() else None
        return cls(events, plan)

    def labelled(self) -> Recording:
        """Return it with labels for ids."""
        labels = Labels(self.events, self.plan)
        return Recording(labels.within(self.events), labels.within(self.plan))

    @property
    def text(self) -> str:
        """What the engine writes to its standard output."""
        return _lines(self.events)


def files(base: str, recordings: Iterable[tuple[Case, Recording]]) -> Iterator[tuple[Path, str]]:
    """Yield each file that stores the labelled recordings of a base, and what it holds."""
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
    """The events and the plans of resources that several cases of a base have."""

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
    """Return the kind, the operation and the resource of an event; empty without a resource."""
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
    """Compare as text: the order of keys is the engine's, too."""
    return json.dumps(one) == json.dumps(other)


def _lines(values: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in values)


def _indented(values: Values, depth: int = 1) -> str:
    """Write each value of the first levels on a line of its own."""
    return f"{_nested(values, depth)}\n"


def _nested(value: Any, depth: int) -> str:
    if not depth or not isinstance(value, dict) or not value:
        return json.dumps(value)
    entries = (f"{json.dumps(key)}: {_nested(each, depth - 1)}" for key, each in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"
