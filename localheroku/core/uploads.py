"""Archives of source that were uploaded, each under keys that cannot be guessed.

One key reads and another one writes: whoever sees a build's source must not be able to replace it.
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
"""Of one archive: nobody fills the disk by never coming to an end."""


@dataclass(frozen=True)
class Upload:
    """The keys of one; the one to read it follows from the one to write it, not the reverse."""

    write: str

    @property
    def read(self) -> str:
        return hashlib.sha256(self.write.encode()).hexdigest()


class Uploads:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def offer(self) -> Upload:
        """Make room for a new upload; those that are past their time go."""
        for file in self._folder.iterdir():
            if time.time() - file.stat().st_mtime > LIFETIME_SECONDS:
                file.unlink()
        upload = Upload(secrets.token_hex(32))
        (self._folder / upload.read).touch(mode=0o600)
        return upload

    def reserve(self) -> str:
        """Make room for an archive that is written here: the key to read it."""
        return self.offer().read

    def find_to_write(self, key: str) -> Path | None:
        """The file that this key writes, or None when there is none or it is past its time."""
        return self.find(Upload(key).read)

    def find(self, key: str) -> Path | None:
        """The file that this key reads, or None when there is none or it is past its time."""
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
