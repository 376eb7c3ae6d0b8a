"""The package schema, generated from the resources' fields.

https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynostack.provider.fields import Field, Fields, Kind
from dynostack.provider.resources import SERVED_TYPES, VERSION, resource_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = {"type": "array", "items": {"type": "string"}}
_TEXT_BY_NAME = {"type": "object", "additionalProperties": {"type": "string"}}
_SHAPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.NUMBER: {"type": "integer"},
    Kind.LIST: _TEXTS,
    Kind.SET: _TEXTS,
    Kind.MAP: _TEXT_BY_NAME,
    Kind.BLOCKS: {"type": "array", "items": _TEXT_BY_NAME},
}


def package_schema() -> dict[str, Any]:
    """Return the schema of all resource types."""
    resources = {token: resource_of(token).fields for token in sorted(SERVED_TYPES)}
    return {
        "name": "heroku",
        "version": VERSION,
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
        "language": {"python": {"packageName": "pulumiverse_heroku"}},
        "resources": {token: _resource(token, fields) for token, fields in resources.items()},
        "types": {
            name: block
            for token, fields in resources.items()
            for name, block in _blocks(token, fields)
        },
    }


def _resource(token: str, fields: Fields) -> dict[str, Any]:
    return {
        "inputProperties": _properties(token, fields, given=True),
        "requiredInputs": _required(fields),
        "properties": _properties(token, fields, given=False),
        "required": sorted(
            name for name, field in fields.items() if field.required or field.computed
        ),
    }


def _required(fields: Fields) -> list[str]:
    return sorted(name for name, field in fields.items() if field.required)


def _properties(token: str, fields: Fields, *, given: bool) -> dict[str, Any]:
    return {
        name: {**_shape(token, name, field), **_marks(field)}
        for name, field in fields.items()
        if field.given or not given
    }


def _shape(token: str, name: str, field: Field) -> dict[str, Any]:
    if field.fields:
        return {"$ref": f"#/types/{_block_name(token, name)}"}
    return _SHAPES[field.kind]


def _marks(field: Field) -> dict[str, Any]:
    marks = {"secret": field.secret, "willReplaceOnChanges": field.replaces}
    return {name: True for name, marked in marks.items() if marked}


def _blocks(token: str, fields: Fields) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in fields.items():
        if field.fields:
            yield (
                _block_name(token, name),
                {
                    "type": "object",
                    "properties": _properties(token, field.fields, given=False),
                    "required": _required(field.fields),
                },
            )


def _block_name(token: str, name: str) -> str:
    """Return the type of a block, as ``heroku:app/AppOrganization:AppOrganization``."""
    package, module, type_ = token.split(":")
    block = f"{type_}{name[0].upper()}{name[1:]}"
    return f"{package}:{module.partition('/')[0]}/{block}:{block}"
