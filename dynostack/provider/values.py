"""Between Pulumi's property values and plain Python.

Inside the provider a property is a ``str``, ``bool``, ``int``, ``float``, ``None``, ``list``,
``dict`` or :data:`UNKNOWN`.  Secrets arrive unwrapped, because the provider tells the engine
that it does not accept them: the engine then keeps the mark itself and sets it again on every
output of the same name, which is also what it does for the published provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from pulumi.provider.experimental.property_value import Computed, PropertyValue


class Unknown:
    """A value that is known only after an apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Plain: TypeAlias = Any
Properties: TypeAlias = dict[str, Plain]

# How an unknown travels.  https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/plugin/rpc.go
_UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def unwrap(value: PropertyValue) -> Plain:
    """The plain value; a secret or an output gives what it holds."""
    held = value.value
    if isinstance(held, Computed) or held == _UNKNOWN_ON_THE_WIRE:
        return UNKNOWN
    if isinstance(held, Mapping):
        return {key: unwrap(item) for key, item in held.items()}
    if isinstance(held, Sequence) and not isinstance(held, str):
        return [unwrap(item) for item in held]
    if isinstance(held, float) and held.is_integer():
        return int(held)
    return held


def unwrap_all(properties: Mapping[str, PropertyValue]) -> Properties:
    """Plain properties; those that are null are left out, as absent."""
    plain = {key: unwrap(value) for key, value in properties.items()}
    return {key: value for key, value in plain.items() if value is not None}


def wrap(value: Plain, *, secret: bool = False) -> PropertyValue:
    """The property value of a plain one."""
    if value is UNKNOWN:
        return PropertyValue(_UNKNOWN_ON_THE_WIRE, is_secret=secret)
    if isinstance(value, Mapping):
        return PropertyValue({key: wrap(item) for key, item in value.items()}, is_secret=secret)
    if isinstance(value, list):
        return PropertyValue([wrap(item) for item in value], is_secret=secret)
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value), is_secret=secret)
    return PropertyValue(value, is_secret=secret)


def wrap_all(properties: Properties, secrets: frozenset[str]) -> dict[str, PropertyValue]:
    """Property values; those named in ``secrets`` are marked secret."""
    return {key: wrap(value, secret=key in secrets) for key, value in properties.items()}


def has_unknown(value: Plain) -> bool:
    """Whether the value is unknown or holds something unknown."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN
