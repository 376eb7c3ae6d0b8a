"""A requirements.txt with the files that it includes.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)", re.MULTILINE)
IN_SOURCE = re.compile(r"^\s*(?:-e\b|--editable\b|\.{1,2}(?:/|\s|$)|file:)", re.MULTILINE)

CONTINUED = re.compile(r"\\\n")
PINNED = re.compile(
    r"""
    \s*
    (?: [\w.-]+ (?:\[[\w., -]*\])? \s* ==\s*[\w.!+-]+ (?: \s* ; (?:(?!--)[^\#])*? )?
        (?: \s+ --hash=\w+:\w+ )*
      | (?:-r|--requirement) [\s=]* \S+
    )?
    (?: (?:^|\s+) \#.* | \s* )
    """,
    re.VERBOSE,
)
"""A blank line, a comment, an included file, or an exact version of a package from an index."""


def with_included(file: Path) -> list[Path]:
    """Return the file and those that it includes, each once; some need not exist."""
    return list(_files(file, set()))


def installs_source(text: str) -> bool:
    """Return whether a requirements file installs a package from the source that it is part of."""
    return bool(IN_SOURCE.search(text))


def is_pinned(files: Iterable[Path]) -> bool:
    """Return whether requirements files have only exact versions, and no options but hashes."""
    lines = (
        line
        for file in files
        for line in CONTINUED.sub(" ", file.read_text(errors="replace")).splitlines()
    )
    return all(PINNED.fullmatch(line) for line in lines)


def has_hashes(files: Iterable[Path]) -> bool:
    """Return whether one of the requirements files has a hash, so that each package needs one."""
    return any("--hash" in file.read_text(errors="replace") for file in files)


def _files(file: Path, seen: set[Path]) -> Iterator[Path]:
    if file in seen or not file.is_file():
        return
    seen.add(file)
    yield file
    for name in INCLUDED.findall(file.read_text(errors="replace")):
        yield from _files(Path(os.path.normpath(file.parent / name)), seen)
