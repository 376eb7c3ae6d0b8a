"""How long it takes until what Heroku makes in the background is there, and whether it succeeds.

Nothing takes longer than it really does unless a time is set, as a test of waiting clients does.
All times are the local Heroku's own, so that moving its clock ends the waiting.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum

from localheroku.core.clock import HerokuClock, timestamp
from localheroku.core.record import Record
from localheroku.core.store import Store

ADDON = "addon"
BUILD = "build"

KINDS = (
    ADDON,
    BUILD,
    "domain",
    "peering",
    "promotion",
    "release",
    "review-app",
    "space",
    "transfer",
    "vpn-connection",
)


class Outcome(StrEnum):
    """What becomes of a thing that is made in the background."""

    SUCCEEDS = "succeeds"
    FAILS = "fails"
    STUCK = "stuck"


@dataclass(frozen=True)
class Fate:
    """The outcome that a fault wants."""

    outcome: Outcome
    fault_id: str


FATE: ContextVar[Fate | None] = ContextVar("fate", default=None)
"""Of what the present request makes; None: it takes its time and succeeds."""


@dataclass(frozen=True, kw_only=True)
class Course(Record):
    """How the making of its parent goes on; `due` in seconds since 1970."""

    due: float
    outcome: str
    fault_id: str | None = None


class Provisioning:
    """Seconds by kind; a kind without any takes none."""

    def __init__(self, store: Store, clock: HerokuClock) -> None:
        self._store = store
        self._clock = clock
        self._seconds = dict.fromkeys(KINDS, 0.0)

    @property
    def seconds(self) -> dict[str, float]:
        return dict(self._seconds)

    def set(self, kind: str, seconds: float) -> None:
        """For what is asked for from now on.  Raises KeyError for a kind there is none of."""
        if kind not in self._seconds:
            raise KeyError(kind)
        self._seconds[kind] = seconds

    async def wait(self, kind: str) -> None:
        """Wait as long as the making of such a thing takes."""
        await self._clock.sleep(self._seconds[kind])

    def begin(self, kind: str, thing: Record) -> Course | None:
        """The course that the making of a new thing takes; None when it is made at once."""
        fate, seconds = FATE.get(), self._seconds[kind]
        if fate is None and not seconds:
            return None
        now = timestamp(self._clock())
        return self._store.put(
            Course(
                id=f"course-{thing.id}",
                parent=thing.id,
                created_at=now,
                updated_at=now,
                due=self._clock.seconds() + seconds,
                outcome=fate.outcome if fate else Outcome.SUCCEEDS,
                fault_id=fate.fault_id if fate else None,
            )
        )

    def course_of(self, thing: Record) -> Course | None:
        """The course that the thing is on; None when it is not being made."""
        return self._store.find(Course, f"course-{thing.id}")

    async def arrival(self, course: Course) -> bool | None:
        """Wait until the thing is to be there: whether it succeeded, None when it is gone.

        The course then is at its end; remove it together with what its end changes.
        """
        while present := self._store.find(Course, course.id):
            left = present.due - self._clock.seconds()
            if present.outcome == Outcome.STUCK:
                await self._clock.nap()
            elif left > 0:
                await self._clock.nap(left)
            else:
                return present.outcome == Outcome.SUCCEEDS
        return None

    def succeeded(self, thing: Record) -> bool | None:
        """Whether the thing is there by now; None while it is being made.

        For what nobody waits for here: its course stays with it.
        """
        course = self.course_of(thing)
        if course is None:
            return True
        if course.outcome == Outcome.STUCK or course.due > self._clock.seconds():
            return None
        return course.outcome == Outcome.SUCCEEDS

    def finish(self, course: Course) -> None:
        self._store.remove(course)

    def relent(self, fault_id: str | None = None) -> None:
        """Let what this fault holds up, None: what any does, go on to a good end."""
        for course in self._store.every(Course):
            if course.fault_id and fault_id in (None, course.fault_id):
                self._store.put(replace(course, outcome=Outcome.SUCCEEDS, fault_id=None))
        self._clock.wake()
