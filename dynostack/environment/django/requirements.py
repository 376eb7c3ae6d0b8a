"""The packages that a build installs, from requirements.txt or a lock file that Heroku reads.

https://devcenter.heroku.com/articles/python-behavior-in-heroku
"""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.django.text import SourceFolder, Text

REQUIREMENTS = "requirements.txt"
MANAGERS = {
    REQUIREMENTS: "pip",
    "Pipfile.lock": "Pipenv",
    "poetry.lock": "Poetry",
    "uv.lock": "uv",
}
"""A file at the top level of an app -> the package manager that installs from it.
https://github.com/heroku/heroku-buildpack-python/blob/main/lib/package_manager.sh (v351)"""

_NAMED = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?P<rest>(?:@|\(?\s*(?:[=<>!~]=?|===)).*|$)"
)
_EXACT = re.compile(r"(?:^|,)\s*\(?\s*={2,3}\s*[^\s,*)]+\s*\)?\s*(?:,|$)")
_INCLUDED = re.compile(r"(?P<option>-r|-c|--requirement|--constraint)[\s=]*(?P<file>[^\s#]+)")
_IN_PLACE = re.compile(r"(-e\b|--editable\b|\.{0,2}/|\.(\s|$|\[)|[a-z+]+://|file:)")


@dataclass(frozen=True)
class Requirement:
    """One package in requirements.txt, or in a file that it includes."""

    name: str
    """The name as PyPI normalizes it: lowercase, with dashes."""
    text: Text
    place: Position
    """The place of the name, extras and versions that are on one line."""
    exact: bool


@dataclass
class Packages:
    """The packages that a build installs, as far as the text shows."""

    names: set[str] = field(default_factory=set)
    requirements: list[Requirement] = field(default_factory=list)
    missing: list[tuple[Text, Position, str]] = field(default_factory=list)
    """Included files that do not exist."""
    complete: bool = True
    """False if the build installs packages that the text does not name."""
    unreadable: str = ""
    """The lock file that is damaged, or ""."""

    def have(self, *names: str) -> bool:
        """Return whether one of the packages is or may be installed."""
        return not self.complete or not self.names.isdisjoint(names)


def normal(name: str) -> str:
    """Return a name as PyPI normalizes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def managers(folder: SourceFolder) -> list[str]:
    """Return the files of package managers at the top level."""
    return [name for name in MANAGERS if folder.has(name)]


def packages(folder: SourceFolder, file: str) -> Packages:
    """Return the packages in the file of one of the MANAGERS."""
    text = folder.read(file)
    if text is None:
        return Packages(complete=False)
    if file == REQUIREMENTS:
        return _required(folder, text)
    try:
        names = {normal(name) for name in _locked(file, text.content)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return Packages(complete=False, unreadable=text.file)
    return Packages(names)


def _locked(file: str, content: str) -> Iterator[str]:
    if file == "Pipfile.lock":
        yield from json.loads(content)["default"]
        return
    data: dict[str, Any] = tomllib.loads(content)
    for package in data.get("package", []):
        yield package["name"]


def _required(folder: SourceFolder, text: Text) -> Packages:
    found = Packages()
    constrained: set[str] = set()
    _collect(folder, text, found, constrained, {text.file})
    found.requirements = [
        each if each.exact or each.name not in constrained else _constrained(each)
        for each in found.requirements
    ]
    return found


def _constrained(each: Requirement) -> Requirement:
    return Requirement(each.name, each.text, each.place, exact=True)


def _collect(
    folder: SourceFolder, text: Text, found: Packages, constrained: set[str], seen: set[str]
) -> None:
    for number, line in _logical_lines(text):
        if included := _INCLUDED.match(line):
            _include(folder, text, (number, included), found, constrained, seen)
        elif _IN_PLACE.match(line):
            found.complete = False
        elif requirement := _requirement(text, number, line):
            found.names.add(requirement.name)
            found.requirements.append(requirement)


def _include(
    folder: SourceFolder,
    text: Text,
    where: tuple[int, re.Match[str]],
    found: Packages,
    constrained: set[str],
    seen: set[str],
) -> None:
    number, included = where
    name = included["file"]
    beside = posixpath.dirname(text.file.removeprefix(folder.named("")))
    other = folder.read(posixpath.normpath(posixpath.join(beside, name)))
    if other is None:
        found.complete = False
        if "://" not in name:
            found.missing.append((text, _position(text, number, name), name))
    elif other.file not in seen:
        seen.add(other.file)
        if included["option"] in {"-c", "--constraint"}:
            pins = Packages()
            _collect(folder, other, pins, constrained, seen)
            constrained.update(each.name for each in pins.requirements if each.exact)
        else:
            _collect(folder, other, found, constrained, seen)


def _logical_lines(text: Text) -> Iterator[tuple[int, str]]:
    """Yield (number of the first line, the line with its continuations and without comments)."""
    start = 1
    parts: list[str] = []
    for number, line in enumerate(text.lines, start=1):
        if not parts:
            start = number
        plain = re.sub(r"(^|\s)#.*", "", line.rstrip())
        parts.append(plain.removesuffix("\\"))
        if not plain.endswith("\\"):
            yield start, " ".join(parts).strip()
            parts = []
    if parts:
        yield start, " ".join(parts).strip()


def _position(text: Text, number: int, words: str) -> Position:
    """Return the place of words on a line or on its continuation lines."""
    for line, raw in enumerate(text.lines[number - 1 :], start=number):
        if words in raw:
            return Position(line, raw.index(words) + 1, len(words))
    return Position(number, 1)


def _requirement(text: Text, number: int, line: str) -> Requirement | None:
    wanted = re.split(r"\s--|;", line, maxsplit=1)[0].strip()
    named = _NAMED.fullmatch(wanted)
    if not named:
        return None
    place = _position(text, number, named["name"])
    raw = text.lines[place.line - 1]
    if raw.startswith(wanted, place.column - 1):
        place = replace(place, width=len(wanted))
    rest = named["rest"]
    exact = rest.startswith("@") or bool(_EXACT.search(rest))
    return Requirement(normal(named["name"]), text, place, exact)
