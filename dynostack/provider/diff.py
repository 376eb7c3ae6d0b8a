"""Diff: the differences between state and inputs, and which of them need a new resource."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from dynostack.provider.check import DEFAULTS
from dynostack.provider.fields import Field, Fields, Kind
from dynostack.provider.values import Plain, Properties, has_unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Change(enum.Enum):
    """How one property changes."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


class Difference:
    """One change, at a path such as ``configVars.DEBUG``."""

    def __init__(self, path: str, change: Change, *, replaces: bool) -> None:
        self.path = path
        self.change = change
        self.replaces = replaces

    @property
    def property(self) -> str:
        """The name of the resource's property that has the change."""
        return self.path.partition(".")[0].partition("[")[0]


def differences(
    fields: Fields, state: Properties, inputs: Properties, ignored: Collection[str] = ()
) -> list[Difference]:
    """Return all changes, except those at or below an ignored path."""
    found = _differences(fields, state, inputs, "")
    return [difference for difference in found if not _ignored(difference, ignored)]


def normal(field: Field, value: Plain) -> Plain:
    """Return the value in the form that the state has."""
    if has_unknown(value):
        return value
    if field.kind is Kind.SET:
        return sorted(set(value))
    if field.fields:
        return {key: item for key, item in value.items() if key != DEFAULTS}
    return field.normal(value) if field.normal else value


def deletes_first(fields: Fields, inputs: Properties) -> bool:
    """Tell whether the old resource must be deleted before its replacement is created.

    This is the case if the program sets the name: two resources cannot have the same name.
    """
    names = [key for key, field in fields.items() if field.named and key in inputs]
    return DEFAULTS in inputs and any(key not in inputs[DEFAULTS] for key in names)


def _ignored(difference: Difference, ignored: Collection[str]) -> bool:
    return any(
        difference.path == path or difference.path.startswith((f"{path}.", f"{path}["))
        for path in ignored
    )


def _differences(
    fields: Fields, state: Properties, inputs: Properties, where: str
) -> Iterator[Difference]:
    for key, field in fields.items():
        if field.given:
            yield from _compared(field, state.get(key), inputs.get(key), where + key)


def _compared(field: Field, old: Plain, new: Plain, path: str) -> Iterator[Difference]:
    if new is None:
        if not field.computed and _something(old):
            yield from _removed(field, old, path)
        return
    new = normal(field, new)
    if field.unreadable and old is None:
        # Heroku never returns what the resource was created with, so there is no known difference:
        # write it into the state and keep the resource.  The published provider replaces the
        # resource here, even an imported database with its rows: do not imitate that.
        yield Difference(path, Change.ADD, replaces=False)
    elif not _has_parts(field, old, new):
        if (old or None) != (new or None):
            change = Change.ADD if old is None else Change.UPDATE
            yield Difference(path, change, replaces=_replaces(field, new))
    elif field.fields:
        yield from _differences(field.fields, old, new, f"{path}.")
    elif field.kind is Kind.MAP:
        yield from _entries(field, old, new, path)
    else:
        yield from _items(field, old, new, path)


def _has_parts(field: Field, old: Plain, new: Plain) -> bool:
    """Tell whether both values can be compared part by part."""
    parted = (Kind.MAP, Kind.BLOCK, Kind.LIST)
    return field.kind in parted and all(isinstance(side, dict | list) for side in (old, new))


def _something(value: Plain) -> bool:
    return value not in (None, "", [], {})


def _removed(field: Field, old: Plain, path: str) -> Iterator[Difference]:
    yield Difference(path, Change.DELETE, replaces=_replaces(field, old))


def _replaces(field: Field, value: Plain) -> bool:
    """Tell whether adding or removing the value as a whole needs a new resource.

    It does if the field or one of its parts does.
    """
    parts = (key for key, part in field.fields.items() if part.replaces)
    return field.replaces or any(value.get(key) for key in parts)


def _entries(field: Field, old: Properties, new: Properties, path: str) -> Iterator[Difference]:
    for key in sorted(old.keys() | new.keys()):
        at = f'{path}["{key}"]' if "." in key else f"{path}.{key}"
        if key not in new:
            yield Difference(at, Change.DELETE, replaces=field.replaces)
        elif key not in old:
            yield Difference(at, Change.ADD, replaces=field.replaces)
        elif old[key] != new[key]:
            yield Difference(at, Change.UPDATE, replaces=field.replaces)


def _items(field: Field, old: list[Plain], new: list[Plain], path: str) -> Iterator[Difference]:
    for index in range(max(len(old), len(new))):
        at = f"{path}[{index}]"
        if index >= len(new):
            yield Difference(at, Change.DELETE, replaces=field.replaces)
        elif index >= len(old):
            yield Difference(at, Change.ADD, replaces=field.replaces)
        elif old[index] != new[index]:
            yield Difference(at, Change.UPDATE, replaces=field.replaces)
