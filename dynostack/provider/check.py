"""Check: complete a resource's inputs with defaults, and find everything that is wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from dynostack.provider.fields import Field, Fields, Kind
from dynostack.provider.values import UNKNOWN, Plain, Properties, has_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULTS = "__defaults"
_SUFFIX_DIGITS = 7


@dataclass(frozen=True)
class Failure:
    """One wrong input: the path of the property, such as source.path, and the reason."""

    property: str
    reason: str


class WrongKindError(ValueError):
    """The value does not have the shape of its property."""


@dataclass(frozen=True)
class Naming:
    """How a missing name is generated: the resource's name in the program and some digits.

    ``seed`` comes from the engine: with a saved plan it is the same for preview and update, so
    that the name is the one that was reviewed.
    """

    name: str
    seed: bytes = b""

    def made_up(self) -> str:
        """Return a random name; the same seed gives the same name."""
        digits = sha256(self.seed or secrets.token_bytes()).hexdigest()[:_SUFFIX_DIGITS]
        return f"{self.name}-{digits}"


def checked(fields: Fields, given: Properties, old: Properties, naming: Naming) -> Properties:
    """Return the inputs with their defaults; keep values of the wrong shape unchanged."""
    kept = {
        key: _shaped(fields, key, value, naming) for key, value in given.items() if key[:2] != "__"
    }
    added = dict(_defaults(fields, kept, old, naming))
    return {**kept, **added, DEFAULTS: sorted(added)}


def failures(fields: Fields, given: Properties, where: str = "") -> Iterator[Failure]:
    """Yield everything that is wrong with the inputs, in the order of the properties."""
    for key in sorted(given.keys() - fields.keys()):
        if key[:2] != "__":
            yield Failure(where + key, f"is unknown; write one of {_inputs(fields)}")
    for key, field in fields.items():
        if key in given:
            yield from _failures_of(field, given[key], given, where + key)
        elif field.required:
            yield Failure(where + key, "is missing")


def _failures_of(field: Field, value: Plain, given: Properties, path: str) -> Iterator[Failure]:
    if not field.given:
        yield Failure(path, "is set by Heroku; leave it out")
        return
    if field.conflicts is not None and field.conflicts in given:
        yield Failure(
            path, f"cannot be used together with {field.conflicts}; leave one of them out"
        )
    if value is UNKNOWN:
        return
    try:
        value = coerced(field, value)
    except WrongKindError:
        yield Failure(path, f"must be {field.kind.value}")
        return
    if field.fields:
        yield from failures(field.fields, value, f"{path}.")
    reason = field.rule(value) if field.rule and not has_unknown(value) else None
    if reason is not None:
        yield Failure(path, reason)


def _inputs(fields: Fields) -> str:
    return ", ".join(sorted(key for key, field in fields.items() if field.given))


def _shaped(fields: Fields, key: str, value: Plain, naming: Naming) -> Plain:
    field = fields.get(key)
    if field is None or value is UNKNOWN:
        return value
    try:
        value = coerced(field, value)
    except WrongKindError:
        return value
    return checked(field.fields, value, {}, naming) if field.fields else value


def coerced(field: Field, value: Plain) -> Plain:
    """Convert a value to the shape of its property, such as the text "5" to the number 5.

    Raises:
        WrongKindError: the value has another shape.
    """
    match field.kind:
        case Kind.TEXT:
            return _text(value)
        case Kind.FLAG:
            return _flag(value)
        case Kind.NUMBER:
            return _number(value)
        case Kind.LIST | Kind.SET if isinstance(value, list):
            return [_text(item) for item in value]
        case Kind.MAP if isinstance(value, dict):
            return {key: _text(item) for key, item in value.items() if item is not None}
        case Kind.BLOCK if isinstance(value, dict):
            return {key: item for key, item in value.items() if item is not None}
    raise WrongKindError


def _text(value: Plain) -> Plain:
    if value is UNKNOWN or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise WrongKindError


def _flag(value: Plain) -> Plain:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise WrongKindError


def _number(value: Plain) -> Plain:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    raise WrongKindError


def _defaults(
    fields: Fields, kept: Mapping[str, Plain], old: Properties, naming: Naming
) -> Iterator[tuple[str, Plain]]:
    for key, field in fields.items():
        if key in kept:
            continue
        if field.named:
            # Keep the resource's current name: a program without a name does not ask to rename
            # the resource.  The published provider keeps it, too.
            # https://github.com/pulumi/pulumi-terraform-bridge/blob/v3.101.0/pkg/tfbridge/schema.go
            yield key, old[key] if key in old else naming.made_up()
        elif field.default is not None:
            yield key, field.default
