"""Files that are either whole or not there, whatever ends the run that writes them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

EXECUTABLE = 0o755


def place_script(path: Path, text: str) -> None:
    """Make `path` an executable script of `text`; leaves an equal one alone."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), EXECUTABLE)
    Path(name).replace(path)


def place_link(path: Path, target: Path) -> None:
    """Make `path` a symbolic link to `target`; leaves an equal one alone."""
    if path.is_symlink() and path.readlink() == target:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        link = Path(folder, path.name)
        link.symlink_to(target)
        link.replace(path)
