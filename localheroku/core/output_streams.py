"""The output of builds and release commands: kept in files, followed while it grows."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from localheroku.core import disk_full


class OutputStreams:
    """Streams of text, each under a key that cannot be guessed, so no credentials are needed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, asyncio.Event] = {}

    def create(self) -> str:
        """Start a stream and return its key."""
        key = secrets.token_hex(32)
        self._open[key] = asyncio.Event()
        self._file(key).touch(mode=0o600)
        return key

    def write(self, key: str, line: str) -> None:
        """Append a line; if the disk is full, leave it out."""
        with self._file(key).open("ab") as file:
            disk_full.append(file.fileno(), f"{line}\n".encode())
        self._open[key].set()

    def finish(self, key: str) -> None:
        """Mark the stream as complete, so that its followers end."""
        self._open.pop(key).set()

    def exists(self, key: str) -> bool:
        return key.isalnum() and self._file(key).is_file()

    def text_so_far(self, key: str) -> str:
        """Return the text written so far."""
        return self._file(key).read_text(encoding="utf-8")

    def discard(self, key: str) -> None:
        """Remove a stream; clients that are reading it can read it to its end."""
        self._file(key).unlink(missing_ok=True)

    async def follow(self, key: str) -> AsyncIterator[bytes]:
        """Yield the text written so far and then what is added, until the stream ends."""
        with self._file(key).open("rb") as file:
            while True:
                growth = self._open.get(key)
                if text := file.read():
                    yield text
                elif growth is None:
                    return
                else:
                    growth.clear()
                    await growth.wait()

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.log"
