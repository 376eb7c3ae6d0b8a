"""The packages of a lock file that a build installs: those of the main group.

https://devcenter.heroku.com/articles/python-behavior-in-heroku
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Data = Mapping[str, Any]


def locked(file: str, content: str, pyproject: str = "") -> Iterator[str]:
    """Yield the names of packages in a lock file, without those only for development.

    Args:
        file: the name of the lock file.
        content: its text.
        pyproject: the text of the pyproject.toml beside it, or "".

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the file is damaged.
    """
    if file == "Pipfile.lock":
        yield from json.loads(content)["default"]
        return
    packages = tomllib.loads(content).get("package", [])
    if file == "uv.lock":
        yield from _of_uv(packages)
    else:
        yield from _of_poetry(packages, pyproject)


def locked_versions(file: str, content: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the version of each package in a lock file."""
    if file == "Pipfile.lock":
        for name, package in json.loads(content)["default"].items():
            yield name, str(package.get("version", "")).removeprefix("==")
        return
    for package in tomllib.loads(content).get("package", []):
        yield package["name"], str(package.get("version", ""))


def _of_uv(packages: list[Data]) -> Iterator[str]:
    """Yield what the project's own package needs; the build leaves out all groups."""
    roots = [each for each in packages if {"virtual", "editable"} & each.get("source", {}).keys()]
    own = [each for each in roots if "." in each["source"].values()]
    if not own:
        yield from (each["name"] for each in packages)
        return
    by_name: dict[str, list[Data]] = {}
    for each in packages:
        by_name.setdefault(each["name"], []).append(each)
    waiting = [(each["name"], frozenset[str]()) for each in own]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        yield name
        for package in by_name.get(name, []):
            optional = package.get("optional-dependencies", {})
            needed = [*package.get("dependencies", []), *(d for e in extras for d in optional[e])]
            waiting += [(each["name"], frozenset(each.get("extra", []))) for each in needed]


def _of_poetry(packages: list[Data], pyproject: str) -> Iterator[str]:
    """Yield the packages of the main group; older files name a category, or nothing."""
    for each in packages:
        each["name"]  # a package without a name is damage
    if any("groups" in each or "category" in each for each in packages):
        for each in packages:
            if "main" in each.get("groups", [each.get("category", "main")]):
                yield each["name"]
        return
    wanted = _wanted(tomllib.loads(pyproject)) if pyproject else set()
    by_name = {_plain(each["name"]): each for each in packages}
    waiting = [name for name in wanted if name in by_name] or list(by_name)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in by_name:
            seen.add(name)
            package = by_name[name]
            extras = package.get("extras", {}).values()
            optional = {_plain(str(d).split()[0]) for each in extras for d in each}
            waiting += [*map(_plain, package.get("dependencies", {})), *optional]
            yield package["name"]


def _wanted(project: Data) -> set[str]:
    """Return the packages that a pyproject.toml asks for outside of all groups."""
    poetry = project.get("tool", {}).get("poetry", {}).get("dependencies", {})
    listed: Iterable[str] = project.get("project", {}).get("dependencies", [])
    return {_plain(each) for each in (*poetry, *listed)}


def _plain(requirement: str) -> str:
    """Return the normalized name at the beginning of a requirement."""
    name = ""
    for letter in requirement:
        if not (letter.isalnum() or letter in "-_."):
            break
        name += letter
    return name.lower().replace("_", "-").replace(".", "-")
