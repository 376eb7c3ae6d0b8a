"""What every endpoint is given: the state, the time, the catalogue and the machines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar
from uuid import uuid4

from localheroku.control.faults.models import Faults
from localheroku.core.backends import Machines
from localheroku.core.catalogue import Catalogue
from localheroku.core.clock import HerokuClock, timestamp
from localheroku.core.log_sessions import LogSessions
from localheroku.core.output_streams import Outputs
from localheroku.core.provisioning import Provisioning
from localheroku.core.record import Record
from localheroku.core.store import Store
from localheroku.core.uploads import Uploads
from localheroku.git.repositories import Repositories
from localheroku.http.rate_limit import RateLimit

if TYPE_CHECKING:
    from localheroku.auth.api_keys import Keys
    from localheroku.control.recorder.models import Recorder
    from localheroku.dashboard import Page
    from localheroku.dynos.rendezvous import Rendezvous
    from localheroku.http.https_site import SecureSite
    from localheroku.workflows.builds import Builds
    from localheroku.workflows.database_transfers import Transfers
    from localheroku.workflows.deployment import Deployment
    from localheroku.workflows.webhook_delivery import Webhooks

PATIENCE_SECONDS = 15.0
"""For work that is told to end; a dyno that it runs has 10 of them."""

Document = dict[str, Any]
"""A JSON object as the API sends it."""

R = TypeVar("R", bound=Record)

Exchange = Callable[[Callable[[], None]], Awaitable["Platform"]]
"""Does work on the folder while nothing lives in it; the platform that lives there after it."""


@dataclass(frozen=True)
class Settings:
    """What a local Heroku is started with."""

    data: Path
    port: int
    account: str
    team: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stream(self, kind: str, key: str) -> str:
        """Where what is written under a key can be read; the key is a credential."""
        return f"{self.url}/streams/{kind}?key={key}"


class Stamp(TypedDict):
    id: str
    created_at: str
    updated_at: str


class Platform:
    """The local Heroku as its endpoints see it."""

    keys: Keys
    deployment: Deployment
    builds: Builds
    transfers: Transfers
    secure: SecureSite
    rendezvous: Rendezvous
    webhooks: Webhooks
    recorder: Recorder
    page: Page
    exchange: Exchange

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: HerokuClock,
        catalogue: Catalogue,
        machines: Machines,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.catalogue = catalogue
        self.machines = machines
        self.outputs = Outputs(settings.data / "outputs")
        self.uploads = Uploads(settings.data / "uploads")
        self.repositories = Repositories(settings.data / "git")
        self.log_sessions = LogSessions()
        self.rate_limit = RateLimit(clock.seconds)
        self.provisioning = Provisioning(store, clock)
        self.faults = Faults(store, clock)
        self._tasks: set[asyncio.Task[object]] = set()

    def now(self) -> str:
        return timestamp(self.clock())

    def stamp(self) -> Stamp:
        """The id and times of a new record."""
        now = self.now()
        return {"id": str(uuid4()), "created_at": now, "updated_at": now}

    def age(self, record: Record) -> float:
        """Seconds since it was last changed."""
        return (self.clock() - datetime.fromisoformat(record.updated_at)).total_seconds()

    def change(self, record: R, **fields: Any) -> R:
        """Give these fields other values in what is stored; what was removed stays removed.

        Fields that changed since the record was read keep their newer values.
        """
        present = self.store.find(type(record), record.id)
        changed = replace(present or record, updated_at=self.now(), **fields)
        return self.store.put(changed) if present else changed

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Work that goes on after the answer; what it raises is written to the server's log."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logging.getLogger(__name__).error("background work failed", exc_info=error)

    async def quiesce(self) -> None:
        """End the work that still goes on, and what it began meanwhile.

        An error on the way can hide from work that it is to end: it is told again.
        """
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=PATIENCE_SECONDS)
