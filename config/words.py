"""From what the models found to what a person reads: no word of the library that found it."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.environment import Environment
from config.finding import PROBLEM, Finding, Path
from config.section import near, one_of
from config.tree import Spot, Tree

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


def findings(errors: Iterable[ErrorDetails], tree: Tree, project: str) -> Iterator[Finding]:
    """One finding for each error of the models."""
    return (_tell(error, tree, project) for error in errors)


def _tell(error: ErrorDetails, tree: Tree, project: str) -> Finding:
    path, kind = error["loc"], error["type"]
    if path and path[-1] == "[key]":
        return Finding(path[:-1], **error["ctx"], at_key=True)
    spot = tree.spots.get(path)
    if spot and spot.kind == "empty":
        says = f"{_name(path)} has no value"
        return Finding(path, "DS117", says, _example(path) or "a value")
    if kind == PROBLEM:
        return Finding(path, **error["ctx"])
    if kind == "missing":
        key = path[-1] if len(path) > 1 else f"{project}:{path[-1]}"
        return Finding(path, "DS116", f"{key} is missing", f"{key}: {_example(path)}")
    if kind == "extra_forbidden":
        return _unknown_key(path, project)
    return _wrong_kind(path, _KINDS[kind], spot)


def _unknown_key(path: Path, project: str) -> Finding:
    *parents, key = path
    model = _model(tuple(parents))
    known = [field.alias or name for name, field in model.model_fields.items()]
    if parents:
        says = f'{_name(tuple(parents))} has no key "{key}"'
        meant = near(str(key), known)
        return Finding(path, "DS115", says, one_of(str(key), known), meant, at_key=True)
    meant = tuple(f"{project}:{each}" for each in near(str(key), known))
    write = one_of("", meant or [f"{project}:{each}" for each in known])
    return Finding(path, "DS114", f'there is no section "{key}"', write, meant, at_key=True)


def _wrong_kind(path: Path, belongs: str, spot: Spot | None) -> Finding:
    kind, text = (spot.kind, spot.text) if spot else ("empty", "")
    if HIDDEN.intersection(path):
        text = ""
    says = f"{_name(path)} is {belongs}; here is {_described(kind, text)}"
    write = _rewritten(belongs, kind, text) or _example(path) or belongs
    return Finding(path, "DS118", says, write)


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
