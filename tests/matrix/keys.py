"""Every key that an environment's file can have, and which keys a change of the file edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr

from dynostack.environment import Environment
from dynostack.environment.section import Section

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
MADE_SECRET, MADE_PLAIN = "made secret", "made plain"
SECRET = "secret "
"""The prefix of an edit whose value is encrypted in the file."""
ABSENT = object()


@dataclass(frozen=True, order=True)
class Edit:
    """What happens to one key: in `path`, `*` is a user-defined key and `[]` an entry."""

    path: str
    done: str

    def __str__(self) -> str:
        return f"{self.path} {self.done}"


def demanded(environment: type[Section] = Environment) -> set[Edit]:
    """Return every edit that some environment's file allows."""
    return set(_demanded(environment, "", removable=False))


def edits(old: dict[str, Any], new: dict[str, Any]) -> set[Edit]:
    """Return the edits that lead from one file's `config` to another's."""
    return set(_edits(Environment, "", _sections(old), _sections(new)))


def _sections(file: dict[str, Any]) -> dict[str, Any]:
    return {key.partition(":")[2]: value for key, value in file["config"].items()}


def _demanded(annotation: Any, path: str, *, removable: bool) -> Iterator[Edit]:
    kind = _plain(annotation)
    secrets = _may_be_secret(annotation)
    for before in ("", SECRET) if secrets else ("",):
        if removable:
            yield from (Edit(path, f"{before}{done}") for done in (ADDED, REMOVED))
        if _is_value(kind) and not path.endswith("[]"):
            yield Edit(path, f"{before}{CHANGED}")
    if secrets:
        yield from (Edit(path, done) for done in (MADE_SECRET, MADE_PLAIN))
    for below, inner, optional in _below(kind, path):
        yield from _demanded(inner, below, removable=optional)


def _edits(annotation: Any, path: str, old: Any, new: Any) -> Iterator[Edit]:
    kind = _plain(annotation)
    if old == new:
        return
    if old is ABSENT or new is ABSENT:
        there = new if old is ABSENT else old
        yield Edit(path, _secretly(there, annotation) + (ADDED if old is ABSENT else REMOVED))
    elif get_origin(kind) is list:
        yield from _edits_of_entries(get_args(kind)[0], f"{path}[]", old, new)
    elif _is_value(kind):
        before, after = _secretly(old, annotation), _secretly(new, annotation)
        made = MADE_SECRET if after else MADE_PLAIN
        yield Edit(path, f"{after}{CHANGED}" if before == after else made)
    else:
        inner = {key: each for key, each, _ in _below(kind, "")}
        for key in {**old, **new}:
            below = key if key in inner else "*"
            pair = (old.get(key, ABSENT), new.get(key, ABSENT))
            yield from _edits(inner[below], f"{path}.{below}".lstrip("."), *pair)


def _edits_of_entries(kind: Any, path: str, old: list[Any], new: list[Any]) -> Iterator[Edit]:
    if _is_value(_plain(kind)):
        yield from (Edit(path, ADDED) for each in new if each not in old)
        yield from (Edit(path, REMOVED) for each in old if each not in new)
        return
    for index in range(max(len(old), len(new))):
        pair = (*old[index : index + 1], ABSENT)[0], (*new[index : index + 1], ABSENT)[0]
        yield from _edits(kind, path, *pair)


def _below(kind: Any, path: str) -> Iterator[tuple[str, Any, bool]]:
    """Yield (path, annotation, whether it can be added and removed) for everything inside a key."""
    if isinstance(kind, type) and issubclass(kind, Section):
        for name, field in kind.model_fields.items():
            below = f"{path}.{field.alias or name}".lstrip(".")
            yield below, field.annotation, not field.is_required()
    elif get_origin(kind) is dict:
        yield f"{path}.*".lstrip("."), get_args(kind)[1], True
    elif get_origin(kind) is list:
        yield f"{path}[]", get_args(kind)[0], True


def _plain(annotation: Any) -> Any:
    """Return the type itself, without validators and without None."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kept = [each for each in get_args(annotation) if each not in (NoneType, SecretStr)]
        (only,) = kept
        return _plain(only)
    return annotation


def _may_be_secret(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _may_be_secret(get_args(annotation)[0])
    return SecretStr in get_args(annotation)


def _is_value(kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return True
    return isinstance(kind, type) and not issubclass(kind, Section) and get_origin(kind) is None


def _secretly(value: Any, annotation: Any) -> str:
    encrypted = isinstance(value, dict) and [*value] == ["secure"]
    return SECRET if encrypted and _may_be_secret(annotation) else ""
