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
CARET = re.compile(r"\^\s*(\d+)[\d.]*")
"""Poetry's own operator: ^3.12 means 3.12 and newer, but older than 4.
https://python-poetry.org/docs/dependency-specification/#caret-requirements
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
    def _range(found: re.Match[str]) -> str:
        return f">={found[0].lstrip('^ ')},<{int(found[1]) + 1}"

    try:
        return SpecifierSet(CARET.sub(_range, text))
    except InvalidSpecifier:
        return SpecifierSet()
