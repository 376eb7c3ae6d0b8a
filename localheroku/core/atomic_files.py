"""Files that are either complete or unchanged, however the run that writes them ends."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600
READABLE = 0o644
EXECUTABLE = 0o755
NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, accessible to their owner alone."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable by its owner alone from the first byte on."""
    make_private(path.parent)
    with _draft(path, text.encode(), PRIVATE) as draft:
        draft.replace(path)


def rewrite(path: Path, text: str) -> None:
    """Replace the contents of a file, or of the file it links to; its permissions stay."""
    path = path.resolve()
    with _draft(path, text.encode(), path.stat().st_mode) as draft:
        draft.replace(path)


def write_new(path: Path, text: str) -> None:
    """Write a file that everyone may read.

    Raises:
        FileExistsError: the file exists.
    """
    with _draft(path, text.encode(), READABLE) as draft:
        path.hardlink_to(draft)


def write_script(path: Path, text: str) -> None:
    """Replace a file with a script that everyone may run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, text.encode(), EXECUTABLE) as draft:
        draft.replace(path)


def write_private_once(path: Path, data: bytes) -> None:
    """Write a file unless it exists; keep one that another command has written meanwhile."""
    with _draft(path, data, PRIVATE) as draft, suppress(FileExistsError):
        os.link(draft, path)


@contextmanager
def _draft(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """Write the data to a file beside the path, which is removed after the context."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, NEW, PRIVATE), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
