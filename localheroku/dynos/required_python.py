"""The versions of Python that an app's dependencies accept, as its lock or project file says."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager

PLACES = (
    ("uv.lock", ("requires-python",)),
    ("poetry.lock", ("metadata", "python-versions")),
    ("pyproject.toml", ("project", "requires-python")),
)
POETRY_OPERATOR = re.compile(r"([\^~]?)\s*(\d+)(?:\.(\d+))?[\d.*]*")
"""Matches a version with one of Poetry's own operators, or with none.

^3.12 means 3.12 and newer, but older than 4; ~3.12 means older than 3.13; 3.12.4 means only that.
https://python-poetry.org/docs/dependency-specification/
"""


def accepted(app: Path, manager: PackageManager) -> SpecifierSet:
    """Return the versions that the dependencies accept; all of them if no file says it."""
    for file, keys in PLACES:
        if file in (manager.file, *manager.inputs, "pyproject.toml") and (
            text := _value(app / file, keys)
        ):
            return _specifiers(text)
    return SpecifierSet()


def _value(file: Path, keys: tuple[str, ...]) -> str:
    try:
        value: Any = tomllib.loads(file.read_text())
    except (OSError, ValueError):
        return ""  # the package manager reports it
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _specifiers(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(",".join(_standard(each.strip()) for each in text.split(",")))
    except InvalidSpecifier:
        return SpecifierSet()


def _standard(text: str) -> str:
    """Return a specifier in the operators of Python's own standard."""
    found = POETRY_OPERATOR.fullmatch(text)
    if not found:
        return text
    operator, major, minor = found.groups()
    version = text.lstrip("^~ ")
    if not operator:
        return f"=={version}"
    if operator == "^" or minor is None:
        return f">={version},<{int(major) + 1}"
    return f">={version},<{major}.{int(minor) + 1}"
