"""List known packages of Django projects, what they install and how they are imported."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return data


@cache
def _names() -> frozenset[str]:
    data = _data()
    return frozenset({*data["imports"], *data["requires"], *data["alone"]["names"]})


def are_known(names: Iterable[str], extras: Iterable[str]) -> bool:
    """Return whether all packages and extras, such as `celery[redis]`, are in the table."""
    return _names().issuperset(names) and _data()["extras"].keys() >= set(extras)


def installed(names: Iterable[str], extras: Iterable[str] = ()) -> set[str]:
    """Return packages with all that they install, as far as the table knows them."""
    waiting = [*names, *(each for extra in extras for each in _data()["extras"].get(extra, ()))]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _data()["requires"].get(name, ())
    return found


def lists_everything(names: Iterable[str]) -> bool:
    """Return whether requirements also list what Django needs, as `pip freeze` writes them."""
    return {"django", "asgiref", "sqlparse"}.issubset(names)


@cache
def _providers() -> Mapping[str, tuple[str, ...]]:
    """Return the name of an import -> the packages that bring it."""
    found: dict[str, list[str]] = {}
    for package in sorted(_names()):
        for name in _data()["imports"].get(package, (package.replace("-", "_"),)):
            found.setdefault(name, []).append(package)
    return {name: tuple(packages) for name, packages in found.items()}


def providers(module: str) -> tuple[str, ...]:
    """Return the packages that bring a module, or () if the table has none."""
    return _providers().get(module.partition(".")[0], ())


def providers_of_program(program: str) -> tuple[str, ...]:
    """Return the packages that bring a program, or () if the table has none."""
    return tuple(_data()["programs"].get(program, ()))
