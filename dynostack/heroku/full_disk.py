"""A full disk, however the one who meets it says so."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


LEAST_BYTES = 1 << 16
"""What the store takes at once; with less it only says that there was an error."""


def tells_of(error: BaseException, folder: Path) -> bool:
    """Whether there was no room left for what was to be written below the folder."""
    if isinstance(error, sqlite3.Error):
        # https://www.sqlite.org/rescode.html: the last byte of an extended code is its kind.
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and holds(folder))
    return isinstance(error, OSError) and error.errno in FULL


def holds(folder: Path) -> bool:
    """Whether a full disk is what holds the folder."""
    return shutil.disk_usage(folder).free < LEAST_BYTES
