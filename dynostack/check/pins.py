"""The exact version of a requirement: the installed one, or one that another file pins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from dynostack.environment.django.requirements import normal

SITE_PACKAGES = (".venv/lib/python*/site-packages", ".venv/Lib/site-packages")
PINNED_FILES = ("constraints*.txt", "requirements*.txt", "requirements/*.txt")
"""Files next to requirements.txt in which people keep exact versions."""

_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<extras>\[[^\]]*\])?"
_PINNED = re.compile(rf"{_NAME}\s*==\s*(?P<version>[^\s;,#*\\]+)\s*(?:$|[;#\\])")
_OPEN = re.compile(rf"{_NAME}\s*(?P<wanted>[=<>!~][^;#\\]*)?")


def pinned(requirement: str, file: Path, project: Path) -> str | None:
    """Return a requirement pinned to its only known version; None if there is none that matches.

    Args:
        requirement: name, extras and versions, as in the file.
        file: the requirements file.  Its folder and those above it, up to `project`, are searched
            for a .venv.
        project: the folder that contains Pulumi.yaml.
    """
    found = _OPEN.fullmatch(requirement)
    if not found:
        return None
    name = normal(found["name"])
    folders = [folder for folder in file.parents if folder.is_relative_to(project)]
    version = _installed(name, folders) or _written(name, folders)
    if version is None or not _fits(version, found["wanted"] or ""):
        return None
    return f"{found['name']}{found['extras'] or ''}=={version}"


def _fits(version: str, wanted: str) -> bool:
    try:
        return SpecifierSet(wanted).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False


def _installed(name: str, folders: list[Path]) -> str | None:
    for folder in folders:
        for pattern in SITE_PACKAGES:
            for packages in sorted(folder.glob(pattern)):
                if version := _version_in(packages, name):
                    return version
    return None


def _version_in(packages: Path, name: str) -> str | None:
    for path in packages.glob("*.dist-info"):
        distribution, _, version = path.name.removesuffix(".dist-info").rpartition("-")
        if normal(distribution) == name:
            return version
    return None


def _written(name: str, folders: list[Path]) -> str | None:
    for folder in folders:
        versions = {version for each, version in _pins(folder) if each == name}
        if versions:
            return versions.pop() if len(versions) == 1 else None
    return None


def _pins(folder: Path) -> Iterator[tuple[str, str]]:
    for pattern in PINNED_FILES:
        for path in sorted(folder.glob(pattern)):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                if found := _PINNED.match(line.strip()):
                    yield normal(found["name"]), found["version"]
