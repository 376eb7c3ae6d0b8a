"""A file of lines that is for its owner alone and does not grow without end."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from localheroku.core import disk_full


class RotatingFile:
    """Above a size the file replaces the previous one, and a new one begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)

    def write(self, line: str, largest_bytes: int) -> None:
        """On a full disk a line is left out: what was done is not undone for want of it."""
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
    """Where the file is that grew too large last."""
    return path.with_suffix(".1.jsonl")


def _open(path: Path) -> IO[bytes]:
    path.touch(mode=0o600)
    return path.open("ab", buffering=0)
