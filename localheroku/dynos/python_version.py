"""The Python that an app requests, read as Heroku's Python buildpack reads it.

https://devcenter.heroku.com/articles/python-runtimes,
https://github.com/heroku/heroku-buildpack-python (lib/python_version.sh, v351)
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localheroku.core import catalogue
from localheroku.dynos import package_manager
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager

FILE = ".python-version"
OLD_FILE = "runtime.txt"
OLD_PREFIX = "python-"
MISSPELLED = (
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
"""File names that stop a build on Heroku."""

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5}))?")
ROWS = catalogue.rows("pythons")
OFFERED = {str(row["name"]): str(row["state"]) for row in ROWS}
DEFAULT = next(str(row["name"]) for row in ROWS if row["default"])
NEWEST = max(tuple(map(int, name.split("."))) for name in OFFERED)
DEPRECATED = "deprecated"
MAX_CHARACTERS = 40
"""Characters shown of an invalid version."""


@dataclass(frozen=True)
class PythonRequest:
    """The version that an app asks for, such as 3.13 or 3.13.5, and the file that says so."""

    version: str
    file: str
    """Empty if no file does: the version is the buildpack's default."""


def requested(app: Path, manager: PackageManager, on_line: Callable[[str], None]) -> PythonRequest:
    """Return the requested Python, and report what Heroku does about it.

    Raises:
        BuildFailed: Heroku does not install such a Python.
    """
    request = _request(app, manager)
    if request.file:
        on_line(f"-----> Using Python {request.version} specified in {request.file}")
    else:
        on_line(
            "-----> No Python version was specified. Using the buildpack default: "
            f"Python {request.version}"
        )
    for line in _warnings(request, manager):
        on_line(f" !     {line}")
    return request


def _warnings(request: PythonRequest, manager: PackageManager) -> Iterator[str]:
    major, minor = (int(part) for part in request.version.split(".")[:2])
    name, file = f"{major}.{minor}", request.file
    if manager is package_manager.UV and file != FILE:
        problem = f"{file} is not supported with uv" if file else "no Python version was specified"
        raise BuildFailed(
            f"{problem}: Heroku needs a file {FILE}; run `uv python pin {name}`, and commit it"
        )
    if (major, minor) > NEWEST:
        yield (
            f"Python {name} is newer than every version that the local Heroku knows: a build on "
            "Heroku fails if Heroku does not have it either"
        )
    elif name not in OFFERED:
        raise BuildFailed(
            f"Python {name}, which {file} requests, has reached its end of life and Heroku no "
            f"longer offers it: write {DEFAULT} into {FILE}, or one of {', '.join(OFFERED)}"
        )
    if OFFERED.get(name) == DEPRECATED:
        yield f"Python {name} is deprecated on Heroku: write {DEFAULT} into {FILE}"
    if file == OLD_FILE:
        yield f"{OLD_FILE} is deprecated on Heroku: write {request.version} into {FILE}"
    if not file:
        yield f"the buildpack's default Python changes over time: write {name} into {FILE}"


def _request(app: Path, manager: PackageManager) -> PythonRequest:
    if (app / OLD_FILE).is_file():
        return PythonRequest(_read(app / OLD_FILE, OLD_PREFIX), OLD_FILE)
    for name in MISSPELLED:
        if (app / name).is_file():
            raise BuildFailed(f"the source has a file {name}: rename it to {FILE} for Heroku")
    if (app / FILE).is_file():
        return PythonRequest(_read(app / FILE, ""), FILE)
    if manager is package_manager.PIPENV and (version := _of_pipfile(app / manager.file)):
        return PythonRequest(version, manager.file)
    return PythonRequest(DEFAULT, "")


def _of_pipfile(file: Path) -> str:
    """Return the version that a Pipfile.lock requires; empty if it requires none."""
    try:
        requires = json.loads(file.read_bytes())["_meta"].get("requires") or {}
        version = requires.get("python_full_version") or requires.get("python_version") or ""
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BuildFailed(f"cannot read {file.name}: run `pipenv lock` to renew it") from error
    if version and not VERSION.fullmatch(str(version)):
        raise BuildFailed(
            f'"{_printable(str(version))}" in {file.name} is not a Python version: write one such '
            f"as {DEFAULT} into Pipfile, and run `pipenv lock`"
        )
    return str(version)


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
