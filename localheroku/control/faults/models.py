"""Stored faults: what each one does, to which calls, and how often it was injected.

They are part of the local Heroku's state, so they survive a restart and snapshots include them.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from localheroku.control.faults.errors import FaultNotFoundError
from localheroku.core.clock import HerokuClock
from localheroku.core.record import Record
from localheroku.core.store import Store


@dataclass(frozen=True)
class CallFacts:
    """The facts of a call that faults match; `app` holds the ids and names of its apps."""

    method: str
    path: str
    route: str | None
    client: str | None
    app: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Fault(Record):
    """A fault, injected into some of the calls that match all of its non-None fields.

    `method` is one method or several separated by commas. `path` is a pattern in which `*` matches
    any text, including `/`. `call` is the number of the first matching call to inject into, `count`
    how many. A `probability` below 1 selects calls at random, the same ones for the same `seed`.
    """

    kind: str
    method: str | None = None
    path: str | None = None
    route: str | None = None
    app: str | None = None
    client: str | None = None
    call: int = 1
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def matches(self, facts: CallFacts) -> bool:
        return (
            (self.method is None or facts.method in self.method.upper().split(","))
            and (self.route is None or self.route == facts.route)
            and (self.path is None or fnmatchcase(facts.path, self.path))
            and (self.app is None or self.app in facts.app)
            and (self.client is None or self.client == facts.client)
        )

    @property
    def applies_to_last_call(self) -> bool:
        """Whether the fault is injected into the last call that it counted."""
        if self.seen < self.call or (self.count is not None and self.struck >= self.count):
            return False
        chance = random.Random(f"{self.seed}/{self.seen}").random()  # noqa: S311
        return chance < self.probability


@dataclass(frozen=True, kw_only=True)
class HiddenResource(Record, stored_as="Absence"):
    """A resource that calls do not find yet, by its id or a name; its parent is the fault.

    `thing` is the word that paths use for it, or None if no path leads to it. `calls` is how many
    more calls will not find it, `until` the time from which calls find it, in seconds since 1970.
    """

    thing: str | None
    names: list[str]
    calls: int | None
    until: float | None

    def lasts(self, now: float) -> bool:
        return (self.calls is None or self.calls > 0) and (self.until is None or now < self.until)


@dataclass(frozen=True)
class CreatedResource:
    """What a call created: the word that paths use for it, its id and then its names."""

    kind: str | None
    names: Sequence[str]


class Faults:
    """All faults that are set; without any, no call becomes slower."""

    def __init__(self, store: Store, clock: HerokuClock) -> None:
        self._store = store
        self._clock = clock
        self._update_active()

    active: bool
    """Whether any fault is set."""

    def _update_active(self) -> None:
        self.active = bool(self._store.every(Fault))

    def every(self) -> list[Fault]:
        return self._store.every(Fault)

    def find(self, identity: str) -> Fault:
        """Return the fault of that id.

        Raises:
            FaultNotFoundError: there is none.
        """
        fault = self._store.find(Fault, identity)
        if fault is None:
            raise FaultNotFoundError
        return fault

    def add(self, fault: Fault) -> Fault:
        self._store.put(fault)
        self._update_active()
        return fault

    def remove(self, fault: Fault) -> None:
        """Remove the fault; calls find the resources that it hid again."""
        self._store.remove(fault)
        self._update_active()

    def matching(self, facts: CallFacts) -> list[Fault]:
        """Return the faults to inject into this call, oldest first; each counts the call."""
        found = []
        for fault in self.every():
            if fault.matches(facts):
                counted = replace(fault, seen=fault.seen + 1)
                if counted.applies_to_last_call:
                    counted = replace(counted, struck=counted.struck + 1)
                    found.append(counted)
                self._store.put(counted)
        return found

    def hide(self, fault: Fault, created: CreatedResource, now: str) -> None:
        """Hide the resource that a call just created, for as long as the fault's options say."""
        seconds = fault.options.get("seconds")
        for hidden in self._store.every(HiddenResource):
            if not hidden.lasts(self._clock.seconds()):
                self._store.remove(hidden)
        self._store.put(
            HiddenResource(
                id=f"absence-{created.names[0]}",
                parent=fault.id,
                created_at=now,
                updated_at=now,
                thing=created.kind,
                names=list(created.names),
                calls=fault.options.get("calls", 1 if seconds is None else None),
                until=None if seconds is None else self._clock.seconds() + seconds,
            )
        )

    def find_hidden(self, named: Collection[tuple[str, str]]) -> str | None:
        """Return the kind of a hidden resource that the call names, or None; count the call."""
        hidden = [
            resource
            for resource in self._hidden()
            if any((resource.thing, name) in named for name in resource.names)
        ]
        self._count(hidden)
        return hidden[0].thing if hidden else None

    def hidden_kinds(self, ids: Collection[str]) -> dict[str, str]:
        """Return the kinds of the hidden resources among these, by id; count the call."""
        hidden = [resource for resource in self._hidden() if resource.names[0] in ids]
        self._count(hidden)
        return {resource.names[0]: resource.thing or "resource" for resource in hidden}

    def _hidden(self) -> list[HiddenResource]:
        every = self._store.every(HiddenResource)
        return [resource for resource in every if resource.lasts(self._clock.seconds())]

    def _count(self, hidden: Iterable[HiddenResource]) -> None:
        for resource in hidden:
            if resource.calls is not None:
                self._store.put(replace(resource, calls=resource.calls - 1))
