"""How long Heroku's background work takes, and whether it succeeds.

Nothing takes longer than it really does unless a time is set, for example to test clients that
wait. All times use the local Heroku's own clock, so moving it ends the waiting.
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
    """How the creation of a resource in the background ends."""

    SUCCEEDS = "succeeds"
    FAILS = "fails"
    STUCK = "stuck"


@dataclass(frozen=True)
class ForcedOutcome:
    """The outcome that a fault forces."""

    outcome: Outcome
    fault_id: str


FORCED_OUTCOME: ContextVar[ForcedOutcome | None] = ContextVar("forced_outcome", default=None)
"""Applies to what the current request creates; None: it takes its normal time and succeeds."""


@dataclass(frozen=True, kw_only=True)
class Job(Record, stored_as="Course"):
    """The provisioning of its parent; `due` in seconds since 1970."""

    due: float
    outcome: str
    fault_id: str | None = None


class Provisioning:
    """The seconds that provisioning takes, by kind; zero for a kind that is not set."""

    def __init__(self, store: Store, clock: HerokuClock) -> None:
        self._store = store
        self._clock = clock
        self._seconds = dict.fromkeys(KINDS, 0.0)

    @property
    def seconds(self) -> dict[str, float]:
        return dict(self._seconds)

    def set(self, kind: str, seconds: float) -> None:
        """Set the seconds for resources that are requested from now on.

        Raises:
            KeyError: there is no such kind.
        """
        if kind not in self._seconds:
            raise KeyError(kind)
        self._seconds[kind] = seconds

    async def wait(self, kind: str) -> None:
        """Wait as long as provisioning this kind takes."""
        await self._clock.sleep(self._seconds[kind])

    def begin(self, kind: str, record: Record) -> Job | None:
        """Return the job of a new record; None if it is ready at once."""
        forced, seconds = FORCED_OUTCOME.get(), self._seconds[kind]
        if forced is None and not seconds:
            return None
        now = timestamp(self._clock())
        return self._store.put(
            Job(
                id=f"course-{record.id}",
                parent=record.id,
                created_at=now,
                updated_at=now,
                due=self._clock.seconds() + seconds,
                outcome=forced.outcome if forced else Outcome.SUCCEEDS,
                fault_id=forced.fault_id if forced else None,
            )
        )

    def job_of(self, record: Record) -> Job | None:
        """Return the record's job; None if it is not being provisioned."""
        return self._store.find(Job, f"course-{record.id}")

    async def wait_until_due(self, job: Job) -> bool | None:
        """Wait until the job is due; return whether it succeeds, None if it is gone.

        The caller makes the changes that the end of the job causes, and removes the job with them.
        """
        while present := self._store.find(Job, job.id):
            remaining = present.due - self._clock.seconds()
            if present.outcome == Outcome.STUCK:
                await self._clock.nap()
            elif remaining > 0:
                await self._clock.nap(remaining)
            else:
                return present.outcome == Outcome.SUCCEEDS
        return None

    def succeeded(self, record: Record) -> bool | None:
        """Return whether the record was provisioned; None while that is under way.

        This is for records that nothing here waits for: their job stays.
        """
        job = self.job_of(record)
        if job is None:
            return True
        if job.outcome == Outcome.STUCK or job.due > self._clock.seconds():
            return None
        return job.outcome == Outcome.SUCCEEDS

    def finish(self, job: Job) -> None:
        self._store.remove(job)

    def release_stuck(self, fault_id: str | None = None) -> None:
        """Let the jobs that this fault holds up succeed; None means any fault."""
        for job in self._store.every(Job):
            if job.fault_id and fault_id in (None, job.fault_id):
                self._store.put(replace(job, outcome=Outcome.SUCCEEDS, fault_id=None))
        self._clock.wake()
