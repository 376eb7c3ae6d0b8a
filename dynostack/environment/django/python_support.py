"""Which Python versions the packages of a source accept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dynostack.environment.django import python
from dynostack.environment.django.requirements import Packages
from dynostack.environment.django.text import SourceFolder

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

LAST_PYTHON = {
    "django": {
        "2.2": "3.9",
        "3.0": "3.9",
        "3.1": "3.9",
        "3.2": "3.10",
        "4.0": "3.10",
        "4.1": "3.11",
        "4.2": "3.12",
        "5.0": "3.12",
        "5.1": "3.13",
        "5.2": "3.14",
    },
    "psycopg2-binary": {"2.9.4": "3.10", "2.9.8": "3.11", "2.9.9": "3.12", "2.9.10": "3.13"},
}
"""Package -> the newest Python of a version and all before it; later ones have no limit.
https://docs.djangoproject.com/en/5.2/faq/install/#what-python-version-can-i-use-with-django,
https://www.psycopg.org/docs/news.html"""

COMPILED = frozenset({"psycopg2-binary"})
"""The packages that pip cannot install, or Python cannot load, with a later Python."""

FIRST_PYTHON = {"django": {"6.0": "3.12", "5.0": "3.10"}}
"""Package -> the oldest Python of a version and all after it, the newest version first."""


def suggested(folder: SourceFolder, packages: Packages) -> str:
    """Return the newest Python that Heroku offers and the packages accept, as far as is known."""
    accepted = [each for each in python.SUPPORTED if _is_accepted(each, folder, packages)]
    if accepted:
        return accepted[-1]
    # Packages that are too old for all of them run best on the oldest, unless they cannot be built.
    oldest = python.SUPPORTED[0]
    is_built = COMPILED.isdisjoint(too_old(oldest, packages))
    return oldest if is_built else python.DEPRECATED[0]


def too_old(version: str, packages: Packages) -> Iterator[str]:
    """Yield each package whose version does not work with a version of Python."""
    for name, limits in LAST_PYTHON.items():
        if _parts(found := packages.versions.get(name, "")):
            last = next((p for v, p in limits.items() if _parts(found) <= _upto(v)), None)
            if last and _parts(version) > _parts(last):
                yield name


def _is_accepted(version: str, folder: SourceFolder, packages: Packages) -> bool:
    if any(too_old(version, packages)):
        return False
    for name, limits in FIRST_PYTHON.items():
        if _parts(found := packages.versions.get(name, "")):
            first = next((p for v, p in limits.items() if _parts(found) >= _parts(v)), None)
            if first and _parts(version) < _parts(first):
                return False
    return all(each.contains(f"{version}.9") for each in _asked(folder))


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _upto(version: str) -> tuple[int, ...]:
    """Return the end of a series: 5.2 stands for each 5.2.x."""
    return (*_parts(version), 10**6)


def _asked(folder: SourceFolder) -> Iterator[SpecifierSet]:
    """Yield what pyproject.toml and Pipfile say about Python."""
    for file, *keys in (
        ("pyproject.toml", "project", "requires-python"),
        ("pyproject.toml", "tool", "poetry", "dependencies", "python"),
        ("Pipfile", "requires", "python_version"),
    ):
        text = folder.read(file)
        try:
            found: object = tomllib.loads(text.content) if text else None
        except ValueError:
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str) and (specifier := _specifier(found)) is not None:
            yield specifier


def _specifier(text: str) -> SpecifierSet | None:
    """Return a specifier, also in Poetry's words: ^3.10 is >=3.10,<4 and 3.12 is ==3.12.*."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    words = re.sub(r"\^(\d+)([.\d]*)", lambda f: f">={f[1]}{f[2]},<{int(f[1]) + 1}", text)
    words = re.sub(r"(?<![=<>~!])~(\d+\.\d+)(?!\.)", r"==\1.*", words)
    words = f"=={words}.*" if re.fullmatch(r"\d+\.\d+", words) else words
    try:
        return SpecifierSet(words)
    except InvalidSpecifier:
        return None
