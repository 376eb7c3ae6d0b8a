"""The log lines of an app and its platform, as `heroku logs` prints them."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from localheroku.core import disk_full
from localheroku.dynos.drains import Drains

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

FILE_BYTES = 1_000_000
FOLLOWER_LINES = 10_000
CURRENT = "log"
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class LogStore:
    """The logs of every app: on disk, two files of limited size each."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "logs"
        self._followers: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._drains = Drains(self.append)

    def append(self, app_id: str, source: str, process: str, line: str) -> None:
        """Add a line of `source` (`app` or `heroku`) and `process` (`web.1`, `router`).

        If the disk is full, followers get the line, but it is not stored.
        """
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        text = f"{moment} {source}[{process}]: {line.rstrip()}"
        with disk_full.suppressed():
            self._write(app_id, text)
        for queue in self._followers.get(app_id, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(text)
        self._drains.put(app_id, moment, source, process, line.rstrip())

    def tail(self, app_id: str, count: int) -> list[str]:
        """Return the last `count` lines, oldest first."""
        lines: list[str] = []
        for path in (self._current(app_id), self._previous(app_id)):
            if path.exists() and len(lines) < count:
                lines = path.read_text().splitlines() + lines
        return lines[-count:] if count > 0 else []

    def follow(self, app_id: str) -> AsyncIterator[str]:
        """Yield every line from this call on; a follower that reads too slowly loses the oldest."""
        queue: asyncio.Queue[str] = asyncio.Queue(FOLLOWER_LINES)
        self._followers[app_id].add(queue)
        return self._lines_of(app_id, queue)

    def forget(self, app_id: str) -> None:
        """Remove an app's log and drains."""
        self.set_drains(app_id, [])
        shutil.rmtree(self._app_folder(app_id), ignore_errors=True)

    def set_drains(self, app_id: str, urls: Sequence[str]) -> None:
        """Send every later line of the app to these drains, and to no others."""
        self._drains.set(app_id, urls)

    async def close(self) -> None:
        """Stop the drains."""
        await self._drains.close()

    async def _lines_of(self, app_id: str, queue: asyncio.Queue[str]) -> AsyncIterator[str]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers[app_id].discard(queue)

    def _write(self, app_id: str, text: str) -> None:
        path = f"{self._folder}/{app_id}/{CURRENT}"
        try:
            number = os.open(path, APPEND, 0o600)
        except FileNotFoundError:
            self._app_folder(app_id).mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(path, APPEND, 0o600)
        try:
            size = disk_full.append(number, f"{text}\n".encode())
        finally:
            os.close(number)
        if size > FILE_BYTES:
            self._current(app_id).replace(self._previous(app_id))

    def _app_folder(self, app_id: str) -> Path:
        return self._folder / app_id

    def _current(self, app_id: str) -> Path:
        return self._app_folder(app_id) / CURRENT

    def _previous(self, app_id: str) -> Path:
        return self._app_folder(app_id) / "log.1"
