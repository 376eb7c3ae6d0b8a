"""Programs that the system's users can run when the local Heroku itself runs as root.

Root's cache is often in a folder that nobody else can enter (a HOME of mode 0700).
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

ROOT_FOLDER = Path("/var/lib/dynostack")


def public_copy(folder: Path) -> Path:
    """Return a copy of a folder of programs that every user can run; it must contain no secret."""
    copy = ROOT_FOLDER / folder.name
    if not copy.exists():
        ROOT_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
        temporary = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
        shutil.copytree(folder, temporary, symlinks=True)
        _make_readable(temporary)
        try:
            temporary.rename(copy)
        except OSError:
            shutil.rmtree(temporary)
            if not copy.exists():
                raise
            # Another local Heroku made the copy first.
    return copy


def _make_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            runs = path.is_dir() or mode & 0o100
            path.chmod((mode & 0o700) | (0o055 if runs else 0o044))
