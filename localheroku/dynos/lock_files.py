"""What an app's lock or requirements file installs from the source that it is part of."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from localheroku.dynos import package_manager, requirements_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager

LOCAL_SOURCES = frozenset({"directory", "editable", "file", "path"})
"""How uv.lock, poetry.lock and Pipfile.lock name a package in the source."""


def inputs(app: Path, manager: PackageManager) -> list[Path]:
    """Return the files that determine which packages the manager installs."""
    if manager is package_manager.PIP:
        return requirements_file.with_included(app / manager.file)
    return [app / name for name in (manager.file, *manager.inputs) if (app / name).is_file()]


def installs_source(app: Path, manager: PackageManager) -> bool:
    """Return whether an environment for this source contains packages from it.

    Such an environment belongs to one build. A file that cannot be read counts as one that does:
    the package manager reports it.
    """
    if manager is package_manager.PIP:
        texts = (file.read_text(errors="replace") for file in inputs(app, manager))
        return any(map(requirements_file.installs_source, texts))
    try:
        text = (app / manager.file).read_text()
        if manager is package_manager.PIPENV:
            return any(_is_local(each) for each in json.loads(text).get("default", {}).values())
        packages = tomllib.loads(text).get("package", [])
        return any(map(_is_local, _sources(packages))) or (
            manager is package_manager.POETRY and _is_package(app / "pyproject.toml")
        )
    except (OSError, ValueError, AttributeError):
        return True


def _sources(packages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield where packages come from; Poetry has the kind in `type`, uv as the key."""
    for package in packages:
        source = package.get("source", {})
        yield {source["type"]: ""} if "type" in source else source


def _is_local(source: dict[str, Any]) -> bool:
    # Pipenv also marks packages from Git as editable.
    return bool(LOCAL_SOURCES & set(source)) and "git" not in source


def _is_package(project: Path) -> bool:
    """Return whether Poetry installs the project itself, too."""
    poetry = tomllib.loads(project.read_text()).get("tool", {}).get("poetry", {})
    return bool(poetry.get("package-mode", True))
