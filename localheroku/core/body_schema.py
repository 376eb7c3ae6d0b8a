"""The parameters that the body of a request may contain, as data beside its endpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from localheroku.core.errors import FieldShapeError, MissingFieldsError, UnknownFieldsError


@dataclass(frozen=True)
class BodyField:
    """A field of a body: what its value must look like, as a test and in words."""

    fits: Callable[[Any], bool]
    description: str
    required: bool = False

    def must(self) -> BodyField:
        return replace(self, required=True)

    def or_null(self) -> BodyField:
        fits = self.fits
        return replace(
            self,
            fits=lambda value: value is None or fits(value),
            description=f"{self.description} or null",
        )


CHANGE = re.compile(r"[+-]?\d{1,9}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_reference(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict)
        and any(isinstance(value.get(key), str) for key in ("id", "name", "email"))
    )


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_object_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


TEXT = BodyField(_is_text, "a string")
FLAG = BodyField(lambda value: isinstance(value, bool), "true or false")
WHOLE = BodyField(
    lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"
)
OBJECT = BodyField(lambda value: isinstance(value, dict), "an object")
QUANTITY = BodyField(
    lambda value: WHOLE.fits(value) or bool(isinstance(value, str) and CHANGE.fullmatch(value)),
    'a whole number, or a change such as "+1"',
)
TEXTS = BodyField(_is_text_list, "a list of strings")
OBJECTS = BodyField(_is_object_list, "a list of objects")
REFERENCE = BodyField(is_reference, "an id, a name or an object with one of them")

Fields = Mapping[str, BodyField]


def check(body: Mapping[str, Any], fields: Fields) -> None:
    """Check a body against an endpoint's fields.

    Raises:
        ParamsError: a field is unknown, missing or has the wrong shape; the message names it.
    """
    unknown = sorted(body.keys() - fields.keys())
    if unknown:
        raise UnknownFieldsError(names=unknown, known=sorted(fields))
    missing = [name for name, field in fields.items() if field.required and name not in body]
    if missing:
        raise MissingFieldsError(names=", ".join(missing))
    for name, value in body.items():
        if not fields[name].fits(value):
            raise FieldShapeError(name=name, description=fields[name].description)


def reference(value: str | Mapping[str, Any]) -> str:
    """Return the id, name or email address in a reference."""
    if isinstance(value, str):
        return value
    return next(str(value[key]) for key in ("id", "name", "email") if value.get(key))
