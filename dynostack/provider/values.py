"""Conversion between property values in gRPC messages and plain Python.

Inside the provider a property is a ``str``, ``bool``, ``int``, ``float``, ``None``, ``list``,
``dict`` or :data:`UNKNOWN`.  Secrets arrive unwrapped, because the provider tells the engine
that it does not accept them: the engine then keeps the mark itself and sets it again on every
output of the same name, which is also what it does for the published provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2


class Unknown:
    """A value that is known only after an apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Plain: TypeAlias = Any
Properties: TypeAlias = dict[str, Plain]

# https://github.com/pulumi/pulumi/blob/sdk/v3.258.0/sdk/go/common/resource/plugin/rpc.go
_UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105


def unwrap(value: struct_pb2.Value) -> Plain:
    """Return the plain value; for a secret, the value that it holds."""
    kind = value.WhichOneof("kind")
    match kind:
        case "string_value":
            return UNKNOWN if value.string_value == _UNKNOWN_ON_THE_WIRE else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [unwrap(item) for item in value.list_value.values]
        case "struct_value" if is_secret(value):
            return unwrap(value.struct_value.fields["value"])
        case "struct_value":
            return {key: unwrap(item) for key, item in value.struct_value.fields.items()}
    return None


def unwrap_all(properties: struct_pb2.Struct) -> Properties:
    """Return plain properties, without those that are null."""
    plain = {key: unwrap(value) for key, value in properties.fields.items()}
    return {key: value for key, value in plain.items() if value is not None}


def is_secret(value: struct_pb2.Value) -> bool:
    """Tell whether the value is marked secret."""
    fields = value.struct_value.fields
    return _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET


def wrap(value: Plain) -> struct_pb2.Value:
    """Return the value for a gRPC message."""
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=_UNKNOWN_ON_THE_WIRE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, list):
        items = struct_pb2.ListValue(values=[wrap(item) for item in value])
        return struct_pb2.Value(list_value=items)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=wrap_all(value))
    return struct_pb2.Value(string_value=value)


def wrap_all(
    properties: Mapping[str, Plain], secrets: frozenset[str] = frozenset()
) -> struct_pb2.Struct:
    """Return properties for a gRPC message; those named in ``secrets`` are marked secret."""
    return struct_pb2.Struct(
        fields={
            key: _secret(value) if key in secrets else wrap(value)
            for key, value in properties.items()
        }
    )


def _secret(value: Plain) -> struct_pb2.Value:
    marked = {_SIGNATURE: wrap(_SECRET), "value": wrap(value)}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=marked))


def has_unknown(value: Plain) -> bool:
    """Tell whether the value is unknown or contains something unknown."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN
