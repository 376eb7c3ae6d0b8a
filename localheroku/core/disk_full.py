"""Recognizes a full disk in the errors of the system, of SQLite and of other programs."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
NUMBER = re.compile(r"\[Errno (\d+)\]")

MESSAGE = os.strerror(errno.ENOSPC)
"""The message that programs print, unless they use another language."""

MIN_FREE_BYTES = 1 << 16
"""The space that the store allocates at once; with less, SQLite reports only a general error."""


def is_disk_full(error: BaseException, folder: Path) -> bool:
    """Return whether an error of writing below the folder means that the disk is full."""
    if isinstance(error, sqlite3.Error):
        # The last byte of an extended code is its primary code: https://www.sqlite.org/rescode.html
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and holds(folder))
    return isinstance(error, OSError) and _errno(error) in DISK_FULL_ERRNOS


def holds(folder: Path) -> bool:
    """Return whether the disk of the folder is full."""
    return shutil.disk_usage(folder).free < MIN_FREE_BYTES


def reason(error: OSError) -> str:
    """Return the system's reason why a write failed; for a folder, that of its first file."""
    number = _errno(error)
    return str(error) if number is None else os.strerror(number)


@contextmanager
def suppressed() -> Iterator[None]:
    """Ignore a full disk, for writes that may be left out."""
    try:
        yield
    except OSError as error:
        if _errno(error) not in DISK_FULL_ERRNOS:
            raise


def append(file: int, line: bytes) -> int:
    """Append the whole line to an open file, or nothing if the disk is full.

    Returns:
        The size of the file afterwards, in bytes.
    """
    size = os.fstat(file).st_size
    written = 0
    with suppressed():
        written = os.write(file, line)
    if written < len(line):
        os.ftruncate(file, size)
        return size
    return size + written


def _errno(error: OSError) -> int | None:
    """Return the error number; shutil's error for a whole tree has it in its text only."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        found = NUMBER.match(str(error.args[0][0][-1]))
        return int(found[1]) if found else None
    return error.errno
