"""A file of lines, private to its owner, that does not grow without limit."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from localheroku.core import disk_full


class RotatingFile:
    """A file that replaces the previous one when it exceeds a size, and then starts empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)

    def write(self, line: str, largest_bytes: int) -> None:
        """Append a line; leave it out if the disk is full, as logging must not fail the call."""
        with disk_full.suppressed():
            if disk_full.append(self._file.fileno(), f"{line}\n".encode()) >= largest_bytes:
                self._rotate()

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._path.replace(previous(self._path))
        full, self._file = self._file, _open(self._path)
        full.close()


def previous(path: Path) -> Path:
    """Return the path of the previous file."""
    return path.with_suffix(".1.jsonl")


def _open(path: Path) -> IO[bytes]:
    path.touch(mode=0o600)
    return path.open("ab", buffering=0)
