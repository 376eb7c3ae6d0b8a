"""Logs that a process appends to without limit: cut when they are too large."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_BYTES = 10_000_000


def previous(file: Path) -> Path:
    """Return the file that holds the lines most recently cut from a log."""
    return file.with_name(f"{file.name}.1")


def cut(file: Path) -> None:
    """Move the lines of a log that is too large to its `.1` file.

    The process that writes to it continues at the beginning, as it opened the file for appending. A
    line that is written in between is lost.
    """
    if file.exists() and file.stat().st_size > LARGEST_BYTES:
        previous(file).unlink(missing_ok=True)
        previous(file).touch(mode=0o600)
        shutil.copyfile(file, previous(file))
        os.truncate(file, 0)
