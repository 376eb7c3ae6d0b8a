"""Runs transfers, and makes their archives downloadable for an hour with a secret URL."""

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
GRANT_LIFETIME = timedelta(hours=1)
SHORT_TRANSFER_SECONDS = 1.0
"""How long a start waits for a small transfer; otherwise clients ask for it after 3 s."""

CUT_OFF = "error: the transfer was interrupted"

ReportLine = Callable[[str], None]
TransferJob = Callable[[ReportLine], Awaitable[int]]
"""Does the work and returns the number of warnings."""


@dataclass(frozen=True)
class DownloadGrant:
    """An archive, and the time until which it may be downloaded."""

    file: Path
    until: datetime


class DatabaseTransfers:
    """The running transfers."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._running: dict[str, asyncio.Task[object]] = {}
        self._grants: dict[str, DownloadGrant] = {}

    def end_interrupted(self) -> None:
        """Fail the transfers that an earlier run of the server did not finish."""
        for transfer in self._state.store.every(Transfer):
            if transfer.finished_at is None:
                self._reporter(transfer)(CUT_OFF)
                self._end(transfer, succeeded=False)

    async def start(self, transfer: Transfer, job: TransferJob) -> None:
        """Start a transfer; if it is short, wait for its end."""
        task = self._state.spawn(self._run(transfer, job))
        self._running[transfer.id] = task
        task.add_done_callback(lambda _: self._running.pop(transfer.id, None))
        await asyncio.wait({task}, timeout=SHORT_TRANSFER_SECONDS)

    async def cancel(self, transfer: Transfer) -> None:
        """End a transfer; its target database stays as it was before."""
        self._state.change(transfer, canceled_at=self._state.now())
        task = self._running.get(transfer.id)
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def grant_download(self, transfer: Transfer) -> str:
        """Return a key that downloads the transfer's archive for an hour."""
        now = self._state.clock()
        self._grants = {key: grant for key, grant in self._grants.items() if grant.until > now}
        key = secrets.token_hex(32)
        self._grants[key] = DownloadGrant(models.file(self._state, transfer), now + GRANT_LIFETIME)
        return key

    def granted_file(self, key: str) -> Path | None:
        """Return the archive that the key downloads, or None."""
        grant = self._grants.get(key)
        is_valid = grant and grant.file.is_file() and self._state.clock() < grant.until
        return grant.file if grant and is_valid else None

    async def _run(self, transfer: Transfer, job: TransferJob) -> None:
        state = self._state
        say = self._reporter(transfer)
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

    def _reporter(self, transfer: Transfer) -> ReportLine:
        file = models.log(self._state, transfer)

        def say(message: str) -> None:
            line = {"created_at": self._state.now(), "message": message}
            if file.parent.is_dir():  # it is removed if the database is destroyed meanwhile
                with file.open("ab") as log:
                    disk_full.append(log.fileno(), f"{json.dumps(line)}\n".encode())

        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        return say
