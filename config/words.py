"""From what the models found to what a person reads: no word of the library that found it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.environment import Environment
from config.errors import Place
from config.section import PROBLEM, near, one_of
from config.tree import Path, Spot, Tree

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list, each entry on a line that begins with -",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}
"""Pydantic's type of an error -> what belongs there."""

_BOOLEANS = {
    **dict.fromkeys(("yes", "y", "on", "true", "1"), "true"),
    **dict.fromkeys(("no", "n", "off", "false", "0"), "false"),
}
"""What people write for true and false -> what to write."""

HIDDEN = frozenset({"configVars", "config", "drains"})
"""Keys whose values may be secrets, and are never repeated in a message."""


@dataclass(frozen=True)
class Told:
    """What is wrong at a path; `at_key` when it is the key that is wrong."""

    path: Path
    says: str
    write: str
    at_key: bool = False
    place: Place | None = None
    """Set when the path does not lead there, as for the second of two equal keys."""


def told(errors: Iterable[ErrorDetails], tree: Tree, project: str) -> Iterator[Told]:
    """One thing told for each mistake: what follows from another mistake is left out."""
    errors = list(errors)
    unknown = {e["loc"] for e in errors if e["type"] == "extra_forbidden"}
    for error in errors:
        if not (error["loc"] not in tree.spots and _is_misspelt(error["loc"], unknown)):
            yield _tell(error, tree, project)


def _is_misspelt(path: Path, unknown: Iterable[Path]) -> bool:
    """Whether a missing key is there after all, under a name with a typo in it."""
    return any(
        other[:-1] == path[:-1] and near(str(other[-1]), [str(path[-1])]) for other in unknown
    )


def _tell(error: ErrorDetails, tree: Tree, project: str) -> Told:
    path, kind = error["loc"], error["type"]
    if path and path[-1] == "[key]":
        return Told(path[:-1], **error["ctx"], at_key=True)
    spot = tree.spots.get(path)
    if spot and spot.kind == "empty":
        return Told(path, f"{_name(path)} has no value", _example(path) or "a value")
    if kind == PROBLEM:
        return Told(path, **error["ctx"])
    if kind == "missing":
        key = path[-1] if len(path) > 1 else f"{project}:{path[-1]}"
        return Told(path, f"{key} is missing", f"{key}: {_example(path)}")
    if kind == "extra_forbidden":
        return _unknown_key(path, project)
    return _wrong_kind(path, _KINDS[kind], spot)


def _unknown_key(path: Path, project: str) -> Told:
    *parents, key = path
    model = _model(tuple(parents))
    known = [field.alias or name for name, field in model.model_fields.items()]
    if parents:
        says = f'{_name(tuple(parents))} has no key "{key}"'
        return Told(path, says, one_of(str(key), known), at_key=True)
    meant = [f"{project}:{each}" for each in near(str(key), known) or known]
    return Told(path, f'there is no section "{key}"', one_of("", meant), at_key=True)


def _wrong_kind(path: Path, belongs: str, spot: Spot | None) -> Told:
    kind, text = (spot.kind, spot.text) if spot else ("empty", "")
    if HIDDEN.intersection(path):
        text = ""
    says = f"{_name(path)} is {belongs}; here is {_described(kind, text)}"
    return Told(path, says, _rewritten(belongs, kind, text) or _example(path) or belongs)


def _described(kind: str, text: str) -> str:
    described = {
        "number": f"the number {text}",
        "boolean": f"{text}, without quotes",
        "list": "a list",
        "keys": "a group of keys",
        "secret": "an encrypted value",
    }
    return described.get(kind, f'the text "{text}"' if 0 < len(text) <= 40 else "text")


def _rewritten(belongs: str, kind: str, text: str) -> str:
    """The same value as it should have been written, when that is clear."""
    if belongs == "true or false":
        return _BOOLEANS.get(text.lower(), belongs)
    if belongs == "a whole number":
        return text if kind == "text" and text.isdecimal() else "a whole number, such as 1"
    if belongs == "text" and kind in {"number", "boolean"}:
        return f'"{text}"'
    return f"- {text}" if belongs.startswith("a list") and kind == "text" and text else ""


def _name(path: Path) -> str:
    """What a person calls the thing at a path."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"an entry of {last}" if path and isinstance(path[-1], int) else last


def _example(path: Path) -> str:
    parent, own = _model(path[:-1]), _model(path)
    fields = {field.alias: field for field in parent.model_fields.values()}
    field = fields.get(str(path[-1]))
    if field:
        return str((field.examples or [""])[0])
    needed = [
        f"{f.alias}: {(f.examples or [''])[0]}"
        for f in own.model_fields.values()
        if f.is_required()
    ]
    return f"{{ {', '.join(needed)} }}" if own is not parent else ""


def _model(path: Path) -> type[BaseModel]:
    """The model whose keys stand at a path."""
    model: type[BaseModel] = Environment
    shape: Any = Environment
    for part in path:
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            fields = {field.alias: field.annotation for field in shape.model_fields.values()}
            shape = _plain(fields.get(str(part)))
        elif get_origin(shape) in (dict, list):
            shape = _plain(get_args(shape)[-1])
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            model = shape
    return model


def _plain(shape: Any) -> Any:
    """A shape without its alternatives: the model in `Model | None`."""
    models = [each for each in get_args(shape) if isinstance(each, type)]
    if get_origin(shape) in (dict, list) or not models:
        return shape
    return models[0]
