"""The Python version that a build installs.

https://devcenter.heroku.com/articles/python-runtimes
"""

import re
from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.django.text import SourceFolder, Text

VERSION_FILE = ".python-version"
DEPRECATED_FILE = "runtime.txt"
"""Deprecated since 2025-02-06.  https://devcenter.heroku.com/changelog-items/3141"""

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
DEPRECATED = ("3.10",)
DEFAULT = "3.14"
"""https://github.com/heroku/heroku-buildpack-python#python-version (v351, 2026-08-18)"""

MISSPELT = (
    " .python-version",
    ". python-version",
    ".python_version.txt",
    ".python_version",
    ".python-version ",
    ",python-version",
    ".python-version.",
    ".python-version.py",
    ".python-version.rtf",
    ".python-version.txt",
    ".python.version",
    ".pythonversion",
    "'.python-version'",
    "python_version.txt",
    "python_version",
    "python-version.",
    "python-version.txt",
    "python-version",
)
"""Some of the names that the buildpack rejects, see its lib/python_version.sh."""

_VERSION = re.compile(r"(?P<minor>(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))?")


class Wanted(NamedTuple):
    """An entry of a version file; the version is N.N, or "" if the entry has another format."""

    place: Position
    written: str
    version: str = ""


def prefix_of(text: Text) -> str:
    """Return what is before a version in a version file."""
    return "python-" if text.file.endswith(DEPRECATED_FILE) else ""


def wanted(text: Text) -> list[Wanted]:
    """Return each version in the file; there should be exactly one."""
    found = []
    prefix = prefix_of(text)
    for number, line in enumerate(text.lines, start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        place = Position(number, line.index(written) + 1, len(written))
        matched = _VERSION.fullmatch(written.removeprefix(prefix))
        matched = matched if written.startswith(prefix) else None
        found.append(Wanted(place, written, matched["minor"] if matched else ""))
    return found


def asked(folder: SourceFolder) -> tuple[str, Wanted] | None:
    """Return the name of the version file that a build uses, and its first version, if any."""
    for name in (DEPRECATED_FILE, VERSION_FILE):  # the buildpack ignores the second one
        if text := folder.read(name):
            found = wanted(text)
            return (name, found[0]) if found else None
    return None
