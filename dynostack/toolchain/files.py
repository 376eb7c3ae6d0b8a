"""Scripts and links that are replaced atomically, and only if they differ."""

from __future__ import annotations

import tempfile
from pathlib import Path

from localheroku.core.atomic_files import write_script


def place_script(path: Path, text: str) -> None:
    """Make `path` an executable script with this text, unless it is one already."""
    if not (path.is_file() and path.read_bytes() == text.encode()):
        write_script(path, text)


def place_link(path: Path, target: Path) -> None:
    """Make `path` a symbolic link to `target`, unless it is one already."""
    if path.is_symlink() and path.readlink() == target:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        link = Path(folder, path.name)
        link.symlink_to(target)
        link.replace(path)
