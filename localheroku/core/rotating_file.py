"""A file of lines that is for its owner alone and does not grow without end."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from localheroku.core import disk_full


class LineFile:
    """Once it is too large it takes the place of the one before, and another begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _opened(path)

    def write(self, line: str, largest_bytes: int) -> None:
        """On a full disk a line is left out: what was done is not undone for want of it."""
        with disk_full.forgiven():
            if disk_full.append(self._file.fileno(), f"{line}\n".encode()) >= largest_bytes:
                self._rotate()

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._path.replace(before(self._path))
        grown, self._file = self._file, _opened(self._path)
        grown.close()


def before(path: Path) -> Path:
    """Where the file is that grew too large last."""
    return path.with_suffix(".1.jsonl")


def _opened(path: Path) -> IO[bytes]:
    path.touch(mode=0o600)
    return path.open("ab", buffering=0)
