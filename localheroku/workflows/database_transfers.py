"""Carries transfers out, and lends their archives for an hour to anybody with the address."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from localheroku.api.data.transfers import models
from localheroku.api.data.transfers.models import Transfer
from localheroku.core import disk_full
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.state import State

# https://devcenter.heroku.com/articles/heroku-postgres-backups#downloading-your-backups
LOAN = timedelta(hours=1)
PATIENCE_SECONDS = 1.0
"""A small database is through before the caller would have asked again, which is 3 s later."""

CUT_OFF = "error: the transfer was cut off"

Say = Callable[[str], None]
Job = Callable[[Say], Awaitable[int]]
"""Does the work and tells how many warnings there were."""


@dataclass(frozen=True)
class Loan:
    """An archive, and how long it may be fetched."""

    file: Path
    until: datetime


class Transfers:
    """The transfers that go on."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._running: dict[str, asyncio.Task[object]] = {}
        self._loans: dict[str, Loan] = {}

    def end_interrupted(self) -> None:
        """Fail the transfers that an earlier run left."""
        for transfer in self._state.store.every(Transfer):
            if transfer.finished_at is None:
                self._teller(transfer)(CUT_OFF)
                self._end(transfer, succeeded=False)

    async def start(self, transfer: Transfer, job: Job) -> None:
        """Begin; when it is done soon, it is done when this returns."""
        task = self._state.spawn(self._run(transfer, job))
        self._running[transfer.id] = task
        task.add_done_callback(lambda _: self._running.pop(transfer.id, None))
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)

    async def cancel(self, transfer: Transfer) -> None:
        """End it; a database that it was to fill is as it was before."""
        self._state.change(transfer, canceled_at=self._state.now())
        task = self._running.get(transfer.id)
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def lend(self, transfer: Transfer) -> str:
        """A key that opens its archive for an hour."""
        now = self._state.clock()
        self._loans = {key: loan for key, loan in self._loans.items() if loan.until > now}
        key = secrets.token_hex(32)
        self._loans[key] = Loan(models.file(self._state, transfer), now + LOAN)
        return key

    def lent(self, key: str) -> Path | None:
        """The archive that the key opens, or None."""
        loan = self._loans.get(key)
        lasts = loan and loan.file.is_file() and self._state.clock() < loan.until
        return loan.file if loan and lasts else None

    async def _run(self, transfer: Transfer, job: Job) -> None:
        state = self._state
        say = self._teller(transfer)
        try:
            await state.provisioning.wait("transfer")
            state.change(transfer, started_at=state.now())
            warnings = await job(say)
        except ServiceFailed as error:
            say(f"error: {error}")
            self._end(transfer, succeeded=False)
        except BaseException:
            say(CUT_OFF)
            self._end(transfer, succeeded=False)
            raise
        else:
            self._end(transfer, succeeded=True, warnings=warnings)

    def _end(self, transfer: Transfer, *, succeeded: bool, warnings: int = 0) -> None:
        file = models.file(self._state, transfer)
        if not succeeded or transfer.kind != models.BACKUP:
            size = transfer.source_bytes if succeeded else 0
            file.unlink(missing_ok=True)
        else:
            size = file.stat().st_size
        self._state.change(
            transfer,
            succeeded=succeeded,
            warnings=warnings,
            processed_bytes=size,
            finished_at=self._state.now(),
        )

    def _teller(self, transfer: Transfer) -> Say:
        file = models.log(self._state, transfer)

        def say(message: str) -> None:
            line = {"created_at": self._state.now(), "message": message}
            if file.parent.is_dir():  # it goes when the database is destroyed meanwhile
                with file.open("ab") as log:
                    disk_full.append(log.fileno(), f"{json.dumps(line)}\n".encode())

        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        return say
