"""Equal files of an app's slugs, stored once: most builds change only a few files."""

from __future__ import annotations

import errno
import filecmp
import os
from pathlib import Path
from stat import S_ISREG

NO_LINKS = frozenset({errno.EMLINK, errno.ENOENT, errno.ENOTSUP, errno.EPERM, errno.EXDEV})
"""The disk has no hard links, or no more of them to this file, or it was removed meanwhile."""


def share(new: Path, earlier: Path) -> None:
    """Replace files of a new slug by links to equal ones of an earlier slug, at the same place.

    Nothing writes to a slug's files after its build: dynos run in copies.

    Raises:
        OSError: a file cannot be read or replaced.
    """
    draft = new.with_name(f"{new.name}.link")
    for folder, _, names in os.walk(new):
        for name in names:
            file = Path(folder, name)
            same = earlier / file.relative_to(new)
            if not _equal(file, same):
                continue
            try:
                os.link(same, draft)
            except OSError as error:
                if error.errno in NO_LINKS:
                    continue
                raise
            draft.replace(file)


def _equal(file: Path, other: Path) -> bool:
    """Return whether both are regular files of the same content and mode."""
    try:
        one, two = file.lstat(), other.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not (S_ISREG(one.st_mode) and (one.st_mode, one.st_size) == (two.st_mode, two.st_size)):
        return False
    return one.st_ino != two.st_ino and filecmp.cmp(file, other, shallow=False)
