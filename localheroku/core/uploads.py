"""Uploaded archives of source, each under keys that cannot be guessed.

One key reads and another one writes: a client that sees a build's source must not be able to
replace it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path

from localheroku.core.errors import BodySizeError

# https://devcenter.heroku.com/articles/build-and-release-using-the-api: the URLs last an hour.
LIFETIME_SECONDS = 3600

LARGEST_BYTES = 2_000_000_000
"""The size limit of one archive, so that an endless upload cannot fill the disk."""


@dataclass(frozen=True)
class Upload:
    """The keys of one upload; the read key is derived from the write key, not the reverse."""

    write: str

    @property
    def read(self) -> str:
        return hashlib.sha256(self.write.encode()).hexdigest()


class Uploads:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def offer(self) -> Upload:
        """Create an empty upload; remove the expired ones."""
        for file in self._folder.iterdir():
            if time.time() - file.stat().st_mtime > LIFETIME_SECONDS:
                file.unlink()
        upload = Upload(secrets.token_hex(32))
        (self._folder / upload.read).touch(mode=0o600)
        return upload

    def reserve(self) -> str:
        """Create an upload for an archive that is written here; return the key to read it."""
        return self.offer().read

    def find_to_write(self, key: str) -> Path | None:
        """Return the file that this key writes, or None if there is none or it has expired."""
        return self.find(Upload(key).read)

    def find(self, key: str) -> Path | None:
        """Return the file that this key reads, or None if there is none or it has expired."""
        file = self._folder / key
        return file if key.isalnum() and file.is_file() else None

    async def write(self, file: Path, chunks: AsyncIterable[bytes]) -> None:
        """Replace the file at once, when all of it has arrived.

        Raises:
            BodySizeError: it is larger than the limit.
        """
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
