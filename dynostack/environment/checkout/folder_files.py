"""The files of a folder without Git, and the names that are built only if Git tracks them."""

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

NEVER_BUILT = (".git", ".dynostack", "node_modules", "__pycache__", ".env*", "*.sqlite3")
"""Names of files and folders that programs write beside the source, or that hold secrets."""
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""The file that marks a virtual environment.  https://docs.python.org/3/library/site.html"""


def is_built(name: str) -> bool:
    """Return whether no part of a name is one that is never built."""
    return not any(fnmatchcase(part, never) for part in name.split("/") for never in NEVER_BUILT)


def without_environments(names: Iterable[str]) -> Iterator[str]:
    """Yield the names of files outside virtual environments."""
    names = list(names)
    inside = tuple(
        name.removesuffix(_VIRTUAL_ENVIRONMENT)
        for name in names
        if name.endswith(f"/{_VIRTUAL_ENVIRONMENT}")
    )
    return (name for name in names if not name.startswith(inside)) if inside else iter(names)


def folder_files(folder: Path) -> Iterator[str]:
    """Yield the files and links below a folder; links are not followed."""
    ahead = [""]
    while ahead:
        prefix = ahead.pop()
        with os.scandir(folder / prefix) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False), entry) for entry in entries]
        if prefix and any(name == _VIRTUAL_ENVIRONMENT for name, _, _ in found):
            continue
        for name, is_folder, entry in found:
            if not is_built(name):
                continue
            if is_folder:
                ahead.append(f"{prefix}{name}/")
            elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                yield f"{prefix}{name}"
