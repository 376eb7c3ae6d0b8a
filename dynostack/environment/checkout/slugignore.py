"""The top-level .slugignore: what Heroku removes before a build.

The patterns are those of .gitignore, without negation.  Heroku does not remove the file itself.
https://devcenter.heroku.com/articles/slug-compiler#ignoring-files-with-slugignore
"""

from collections.abc import Callable
from pathlib import Path

SLUGIGNORE = ".slugignore"


def slug_ignored(folder: Path) -> Callable[[str], bool]:
    """Return a function that tells whether a folder's .slugignore matches a file's name."""
    try:
        text = (folder / SLUGIGNORE).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return lambda _: False
    from pathspec import GitIgnoreSpec

    patterns = (line for line in text.splitlines() if not line.startswith("!"))
    return GitIgnoreSpec.from_lines(patterns).match_file
