"""The top-level .slugignore: what Heroku removes from a source before it builds it.

The patterns are those of .gitignore, without negation. Heroku does not remove the file itself.
https://devcenter.heroku.com/articles/slug-compiler#ignoring-files-with-slugignore
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FILE = ".slugignore"


def remove_ignored(source: Path) -> None:
    """Remove from a source what its .slugignore names."""
    if not (source / FILE).is_file():
        return
    from pathspec import GitIgnoreSpec

    lines = (source / FILE).read_text("utf-8-sig", errors="replace").splitlines()
    ignored = GitIgnoreSpec.from_lines(line for line in lines if not line.startswith("!"))
    for folder, folders, files in os.walk(source):
        for path in [Path(folder, name) for name in (*files, *folders)]:
            is_folder = path.is_dir() and not path.is_symlink()
            name = path.relative_to(source).as_posix()
            if name == FILE or not ignored.match_file(f"{name}/" if is_folder else name):
                continue
            if is_folder:
                shutil.rmtree(path)
                folders.remove(path.name)
            else:
                path.unlink()
