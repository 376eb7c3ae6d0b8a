"""A full disk, however the one who meets it says so."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NUMBER = re.compile(r"\[Errno (\d+)\]")

WORDS = os.strerror(errno.ENOSPC)
"""How programs say it, where no other language is asked for."""

LEAST_BYTES = 1 << 16
"""What the store takes at once; with less it only says that there was an error."""


def tells_of(error: BaseException, folder: Path) -> bool:
    """Whether there was no room left for what was to be written below the folder."""
    if isinstance(error, sqlite3.Error):
        # https://www.sqlite.org/rescode.html: the last byte of an extended code is its kind.
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and holds(folder))
    return isinstance(error, OSError) and _number(error) in FULL


def holds(folder: Path) -> bool:
    """Whether a full disk is what holds the folder."""
    return shutil.disk_usage(folder).free < LEAST_BYTES


def reason(error: OSError) -> str:
    """Why something was not written, in the system's words; a folder's first file tells for all."""
    number = _number(error)
    return str(error) if number is None else os.strerror(number)


@contextmanager
def forgiven() -> Iterator[None]:
    """For what is left out for want of room: what was done is not undone because of it."""
    try:
        yield
    except OSError as error:
        if _number(error) not in FULL:
            raise


def append(file: int, line: bytes) -> int:
    """Add to an open file all of the line or, without room, nothing; the size of the file then."""
    size = os.fstat(file).st_size
    written = 0
    with forgiven():
        written = os.write(file, line)
    if written < len(line):
        os.ftruncate(file, size)
        return size
    return size + written


def _number(error: OSError) -> int | None:
    """What shutil copies as a whole tells of each of its files, in words only."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        found = NUMBER.match(str(error.args[0][0][-1]))
        return int(found[1]) if found else None
    return error.errno
