"""Faults as they are stored: what each does, to which calls, and how often it did.

They are part of the local Heroku's state, so that they survive a restart and a snapshot has them.
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
class Asked:
    """What a fault can look at of a call; `app` are the ids and names of the apps it is about."""

    method: str
    path: str
    route: str | None
    client: str | None
    app: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Fault(Record):
    """It looks at the calls that fit all that is not None, and strikes some of them.

    `method` is one or several with commas between.  `path` is a pattern whose `*` is any text, `/`
    too.  `call` is the number of the first call that it can strike, `count` how many it strikes.
    With a `probability` below 1 it is chance that decides, the same way for the same `seed`.
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

    def fits(self, asked: Asked) -> bool:
        return (
            (self.method is None or asked.method in self.method.upper().split(","))
            and (self.route is None or self.route == asked.route)
            and (self.path is None or fnmatchcase(asked.path, self.path))
            and (self.app is None or self.app in asked.app)
            and (self.client is None or self.client == asked.client)
        )

    @property
    def strikes(self) -> bool:
        """Whether it strikes the call that it has seen last."""
        if self.seen < self.call or (self.count is not None and self.struck >= self.count):
            return False
        chance = random.Random(f"{self.seed}/{self.seen}").random()  # noqa: S311
        return chance < self.probability


@dataclass(frozen=True, kw_only=True)
class Absence(Record):
    """A thing that calls do not find yet, by its id or a name; its parent is the fault.

    `thing` is what paths call it, if there are paths to it.  `calls` is how many still will not
    find it, `until` the time from which on they do, since 1970.
    """

    thing: str | None
    names: list[str]
    calls: int | None
    until: float | None

    def lasts(self, now: float) -> bool:
        return (self.calls is None or self.calls > 0) and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Made:
    """What a call made: the word that paths have for it, its id and then its names."""

    thing: str | None
    names: Sequence[str]


class Faults:
    """All that are set; as long as there are none no call is slower for it."""

    def __init__(self, store: Store, clock: HerokuClock) -> None:
        self._store = store
        self._clock = clock
        self._look()

    active: bool
    """Whether there is any."""

    def _look(self) -> None:
        self.active = bool(self._store.every(Fault))

    def every(self) -> list[Fault]:
        return self._store.every(Fault)

    def find(self, identity: str) -> Fault:
        """Raises FaultNotFoundError."""
        fault = self._store.find(Fault, identity)
        if fault is None:
            raise FaultNotFoundError
        return fault

    def add(self, fault: Fault) -> Fault:
        self._store.put(fault)
        self._look()
        return fault

    def remove(self, fault: Fault) -> None:
        """What it hides can be found again."""
        self._store.remove(fault)
        self._look()

    def striking(self, asked: Asked) -> list[Fault]:
        """The faults that strike this call, in the order they were added; each counts it."""
        found = []
        for fault in self.every():
            if fault.fits(asked):
                seen = replace(fault, seen=fault.seen + 1)
                if seen.strikes:
                    seen = replace(seen, struck=seen.struck + 1)
                    found.append(seen)
                self._store.put(seen)
        return found

    def hide(self, fault: Fault, made: Made, now: str) -> None:
        """Calls do not find what was just made, for as long as the fault says."""
        seconds = fault.options.get("seconds")
        for absence in self._store.every(Absence):
            if not absence.lasts(self._clock.seconds()):
                self._store.remove(absence)
        self._store.put(
            Absence(
                id=f"absence-{made.names[0]}",
                parent=fault.id,
                created_at=now,
                updated_at=now,
                thing=made.thing,
                names=list(made.names),
                calls=fault.options.get("calls", 1 if seconds is None else None),
                until=None if seconds is None else self._clock.seconds() + seconds,
            )
        )

    def missed(self, named: Collection[tuple[str, str]]) -> str | None:
        """Which of the things that a call names is not found yet; that call is counted."""
        missing = [
            absence
            for absence in self._absences()
            if any((absence.thing, name) in named for name in absence.names)
        ]
        self._count(missing)
        return missing[0].thing if missing else None

    def unseen(self, ids: Collection[str]) -> dict[str, str]:
        """What of these must not be shown yet: what it is, by its id; that call is counted."""
        missing = [absence for absence in self._absences() if absence.names[0] in ids]
        self._count(missing)
        return {absence.names[0]: absence.thing or "resource" for absence in missing}

    def _absences(self) -> list[Absence]:
        every = self._store.every(Absence)
        return [absence for absence in every if absence.lasts(self._clock.seconds())]

    def _count(self, absences: Iterable[Absence]) -> None:
        for absence in absences:
            if absence.calls is not None:
                self._store.put(replace(absence, calls=absence.calls - 1))
