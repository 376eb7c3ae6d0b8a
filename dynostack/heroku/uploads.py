"""Archives of source that were uploaded, each under a key that cannot be guessed."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterable
from pathlib import Path

from dynostack.heroku.errors import BodySizeError

# https://devcenter.heroku.com/articles/build-and-release-using-the-api: the URLs last an hour.
LIFETIME_SECONDS = 3600

LARGEST_BYTES = 2_000_000_000
"""Of one archive: nobody fills the disk by never coming to an end."""


class Uploads:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def reserve(self) -> str:
        """The key of a new upload; those that are past their time go."""
        for file in self._folder.iterdir():
            if time.time() - file.stat().st_mtime > LIFETIME_SECONDS:
                file.unlink()
        key = secrets.token_hex(32)
        (self._folder / key).touch(mode=0o600)
        return key

    def find(self, key: str) -> Path | None:
        """The file of that key, or None when there is none or it is past its time."""
        file = self._folder / key
        return file if key.isalnum() and file.is_file() else None

    async def write(self, file: Path, chunks: AsyncIterable[bytes]) -> None:
        """Replace the file at once, when all of it is there.  Raises BodySizeError."""
        draft, size = file.with_name(f"{file.name}.{secrets.token_hex(4)}"), 0
        try:
            with draft.open("wb") as archive:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST_BYTES:
                        raise BodySizeError(limit=LARGEST_BYTES)
                    archive.write(chunk)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
