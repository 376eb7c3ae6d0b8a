"""What the model allows at a path of an environment's file: keys, types and examples."""

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dynostack.environment.diagnostics.finding import Path
from dynostack.environment.environment import Environment
from dynostack.environment.section import Check, Choice
from dynostack.environment.source.yaml_text import flow

LONGEST_EXAMPLE = 100
"""Maximum length of a text of the file that becomes part of a suggestion."""


@dataclass(frozen=True)
class ModelShapes:
    """The types of the values in a file."""

    environment: type[Environment]

    def model(self, path: Path) -> type[BaseModel]:
        """Return the model whose keys are at a path, or at the nearest path above it."""
        model: type[BaseModel] = self.environment
        shape: Any = self.environment
        for part in path:
            shape = _step(shape, part)
            if (plain := _model(shape)) is not None:
                model = plain
        return model

    def shape(self, path: Path) -> Any:
        """Return the annotated type of the value at a path; None if the model has no such path."""
        shape: Any = self.environment
        for part in path:
            shape = _step(shape, part)
        return shape

    def example(self, path: Path, value: str | None = None) -> str:
        """Return a valid value for a path as YAML, or "".

        Args:
            path: the keys and indices to the value.
            value: a text that is used for the first required key that accepts it.
        """
        if not path:
            return ""
        model = _model(self.shape(path))
        field = _field(self.model(path[:-1]), path[-1])
        if model is None or (field and value is None):
            return flow(field.examples[0]) if field and field.examples else ""
        needed: dict[str, object] = {}
        for name, own in model.model_fields.items():
            if own.is_required():
                key = own.alias or name
                needed[key] = (own.examples or ["..."])[0]
                is_short = value is not None and len(value) <= LONGEST_EXAMPLE
                if is_short and self.error((*path, key), value) is None:
                    needed[key], value = value, None
        return flow(needed) if value is None else self.example(path)

    def error(self, path: Path, value: object) -> ErrorDetails | None:
        """Return the first error that a value would have at a path, or None."""
        shape = self.shape(path)
        if shape is None:
            return None
        try:
            TypeAdapter(shape).validate_python(value, strict=True)
        except ValidationError as error:
            return error.errors(include_url=False)[0]
        return None

    def choice(self, path: Path) -> tuple[Choice, tuple[str, ...]] | None:
        """Return how to report a value that is not one of a type's names, and these names."""
        shape = _without_none(self.shape(path))
        if get_origin(shape) is not Annotated:
            return None
        names, *metadata = get_args(shape)
        found = [each for each in metadata if isinstance(each, Choice)]
        return (found[0], get_args(names)) if found else None

    def known(self, path: Path) -> list[str]:
        """Return the names that the catalogue has for the value at a path."""
        shape = self.shape(path)
        metadata = get_args(shape)[1:] if get_origin(shape) is Annotated else ()
        for each in metadata:
            if isinstance(each, Check):
                options = each.schema.get("anyOf", [each.schema])
                for option in options if isinstance(options, list) else []:
                    if names := option.get("enum"):
                        return list(names)
        return []


def _step(shape: Any, part: str | int) -> Any:
    """Return the type of a value's entry; None if it has none."""
    model = _model(shape)
    if model is not None:
        field = _field(model, part)
        if field is None:
            return None
        return (
            Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        )
    plain = _without_none(shape)
    if get_origin(plain) is Annotated:
        plain = get_args(plain)[0]
    entries = [each for each in get_args(plain) if each is not Ellipsis]
    return entries[-1] if entries and get_origin(plain) is not Literal else None


def _field(model: type[BaseModel], part: str | int) -> FieldInfo | None:
    fields = model.model_fields.items()
    return next((field for name, field in fields if (field.alias or name) == part), None)


def _model(shape: Any) -> type[BaseModel] | None:
    """Return a type if it is a model, apart from its metadata and alternatives."""
    plain = _without_none(shape)
    if get_origin(plain) is Annotated:
        return _model(get_args(plain)[0])
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def _without_none(shape: Any) -> Any:
    """Return a type without its alternatives, such as the model in `Model | None`."""
    if get_origin(shape) in (Union, UnionType):
        return _without_none(next(each for each in get_args(shape) if each is not NoneType))
    if get_origin(shape) is Annotated and get_origin(get_args(shape)[0]) in (Union, UnionType):
        return _without_none(get_args(shape)[0])
    return shape
