"""The state of the local Heroku: its records, time, catalogue and backends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, TypeVar
from uuid import uuid4

from localheroku.core.backends import Backends
from localheroku.core.catalogue import Catalogue
from localheroku.core.clock import HerokuClock, timestamp
from localheroku.core.log_sessions import LogSessions
from localheroku.core.output_streams import OutputStreams
from localheroku.core.provisioning import Provisioning
from localheroku.core.readiness import Readiness
from localheroku.core.record import Record
from localheroku.core.removals import OngoingRemovals
from localheroku.core.store import Store
from localheroku.core.uploads import Uploads

CANCEL_SECONDS = 15.0
"""Seconds that canceled work has to end; a dyno that it runs needs up to 10 of them."""

Document = dict[str, Any]
"""A JSON object as the API sends it."""

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Settings:
    """The settings that a local Heroku is started with."""

    data: Path
    port: int
    account: str
    team: str

    @property
    def url(self) -> str:
        """Return the address of the Platform API."""
        return f"http://127.0.0.1:{self.port}"

    def stream(self, kind: str, key: str) -> str:
        """Return the address of the stream under a key; the key is a credential."""
        return f"{self.url}/streams/{kind}?key={key}"


class NewRecordFields(TypedDict):
    """The fields that every new record has."""

    id: str
    created_at: str
    updated_at: str


class State:
    """The state that models use; `Platform` adds the services that act on it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: HerokuClock,
        catalogue: Catalogue,
        backends: Backends,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.catalogue = catalogue
        self.backends = backends
        self.outputs = OutputStreams(settings.data / "outputs")
        self.uploads = Uploads(settings.data / "uploads")
        self.log_sessions = LogSessions()
        self.provisioning = Provisioning(store, clock)
        self.readiness = Readiness()
        self.removals = OngoingRemovals()
        self.allows_old_versions = False
        self._tasks: set[asyncio.Task[object]] = set()

    def now(self) -> str:
        """Return the present time as the API writes it."""
        return timestamp(self.clock())

    def stamp(self) -> NewRecordFields:
        """Return the id and times of a new record."""
        now = self.now()
        return {"id": str(uuid4()), "created_at": now, "updated_at": now}

    def age(self, record: Record) -> float:
        """Return the seconds since the record was last changed."""
        return (self.clock() - datetime.fromisoformat(record.updated_at)).total_seconds()

    def change(self, record: R, **fields: Any) -> R:
        """Set fields of a stored record; a record that was removed meanwhile stays removed.

        Fields that changed since the record was read keep their newer values.
        """
        present = self.store.find(type(record), record.id)
        changed = replace(present or record, updated_at=self.now(), **fields)
        return self.store.put(changed) if present else changed

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Start work that continues after the answer; log its exceptions in the server's log."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logging.getLogger(__name__).error("background work failed", exc_info=error)

    async def quiesce(self) -> None:
        """End all spawned work, and the work that it spawns meanwhile.

        An error in a task can hide the cancellation, so tasks are canceled repeatedly.
        """
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=CANCEL_SECONDS)
