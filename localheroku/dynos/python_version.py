"""The Python that an app requests, read as Heroku's Python buildpack reads it.

https://devcenter.heroku.com/articles/python-runtimes,
https://github.com/heroku/heroku-buildpack-python (lib/python_version.sh, v351)
"""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

from localheroku.core import catalogue
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILE = ".python-version"
OLD_FILE = "runtime.txt"
OLD_PREFIX = "python-"
MISSPELLED = (
    ".python-version.txt",
    ".python_version",
    ".pythonversion",
    "python-version",
    "python-version.txt",
    "python_version",
)
"""File names that stop a build on Heroku."""

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5}))?")
ROWS = catalogue.rows("pythons")
OFFERED = {str(row["name"]): str(row["state"]) for row in ROWS}
DEFAULT = next(str(row["name"]) for row in ROWS if row["default"])
NEWEST = max(tuple(map(int, name.split("."))) for name in OFFERED)
DEPRECATED = "deprecated"
MAX_CHARACTERS = 40
"""Characters shown of an invalid version."""


def report(app: Path, on_line: Callable[[str], None]) -> None:
    """Report which Python the app gets, here and on Heroku.

    Raises:
        BuildFailed: Heroku does not install such a Python.
    """
    local = platform.python_version()
    on_line(f"-----> Using Python {local} of this machine")
    file, version = _requested(app)
    if version:
        for line in _warnings(file, version, local):
            on_line(f" !     {line}")


def _warnings(file: str, version: str, local: str) -> Iterator[str]:
    major, minor = (int(part) for part in version.split(".")[:2])
    name = f"{major}.{minor}"
    if (major, minor) > NEWEST:
        yield f"Python {name} is newer than every version that the local Heroku knows:"
        yield "a build on Heroku fails if Heroku does not have it either"
    elif name not in OFFERED:
        raise BuildFailed(
            f"Python {name}, which {file} requests, has reached its end of life and Heroku no "
            f"longer offers it: write {DEFAULT} into {FILE}, or one of {', '.join(OFFERED)}"
        )
    elif not f"{local}.".startswith(f"{version}."):
        yield f"{file} requests Python {version}: on Heroku the app runs on that version"
    if OFFERED.get(name) == DEPRECATED:
        yield f"Python {name} is deprecated on Heroku: write {DEFAULT} into {FILE}"
    if file == OLD_FILE:
        yield f"{OLD_FILE} is deprecated on Heroku: write {version} into {FILE}"


def _requested(app: Path) -> tuple[str, str]:
    """Return the file that requests a version, and the version; both empty without a request."""
    if (app / OLD_FILE).is_file():
        return OLD_FILE, _read(app / OLD_FILE, OLD_PREFIX)
    for name in MISSPELLED:
        if (app / name).is_file():
            raise BuildFailed(f"the source has a file {name}: rename it to {FILE} for Heroku")
    if (app / FILE).is_file():
        return FILE, _read(app / FILE, "")
    return "", ""


def _read(file: Path, prefix: str) -> str:
    lines = [line.strip() for line in file.read_text(errors="replace").splitlines()]
    versions = [line for line in lines if line and not line.startswith("#")]
    advice = f"write one line, {prefix}{DEFAULT} for example"
    for line in versions:
        if not (line.startswith(prefix) and VERSION.fullmatch(line.removeprefix(prefix))):
            raise BuildFailed(
                f'"{_printable(line)}" in {file.name} is not a Python version: {advice}'
            )
    if len(versions) != 1:
        count = len(versions) or "no"
        raise BuildFailed(f"{file.name} names {count} Python versions: {advice}")
    return versions[0].removeprefix(prefix)


def _printable(line: str) -> str:
    """Return the line with replacements for invisible characters, as these may be the error."""
    characters = (
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for each in line[:MAX_CHARACTERS]
    )
    return "".join(characters)
