"""Logs that a process writes to without an end: cut when they are too large."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_BYTES = 10_000_000


def previous(file: Path) -> Path:
    """Where the lines are that were cut from a log last."""
    return file.with_name(f"{file.name}.1")


def cut(file: Path) -> None:
    """Move the lines of a log that is too large to the file before it.

    The process that writes to it goes on at the beginning, as it opened it for appending. A line
    that comes in between is lost.
    """
    if file.exists() and file.stat().st_size > LARGEST_BYTES:
        previous(file).unlink(missing_ok=True)
        previous(file).touch(mode=0o600)
        shutil.copyfile(file, previous(file))
        os.truncate(file, 0)
