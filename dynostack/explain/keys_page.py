"""docs/keys.md, every key of an environment file from its model: `make docs` writes it."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from dynostack.environment import Environment
from dynostack.environment.section import Check, Choice, Form, keys_of, quoted

PROJECT = "shop"
"""The project in the examples."""
MANY = 12
"""Maximum number of names that the page lists; `dynostack plans` lists more."""
NAMES = {
    str: "text",
    int: "a whole number",
    bool: "`true` or `false`",
    SecretStr: "an encrypted value",
}
HEAD = f"""\
# Keys of an environment file

Every section and key of `Pulumi.<stack>.yaml`. A section is a key under `config:` that begins with
the name of the project, here `{PROJECT}`. [Environment files](environment-files.md) explains how
files are checked, built and encrypted. `make docs` generates this page from the models in
`dynostack/environment/`.

A file must have the sections `account` and `app`. A section that it leaves out declares nothing.
"""


@dataclass(frozen=True)
class Shape:
    """The type of a value, read from its annotation."""

    words: str
    forms: tuple[Form, ...] = ()
    names: tuple[str, ...] = ()
    """The names that the catalogue or the type has for the value."""
    model: type[BaseModel] | None = None
    """The model of the keys below the value."""
    path: str = ""
    """The path from the value to these keys, such as `.<key>`."""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name, section in Environment.model_fields.items():
        key = section.alias or name
        parts.append(f"## {key}\n")
        parts.append(_entry(section, _shape(section), prefix=f"{PROJECT}:{key}"))
        parts.extend(_keys(_shape(section), key, Environment))
    return "\n".join(parts)


def _keys(shape: Shape, path: str, outer: type[BaseModel]) -> Iterator[str]:
    """Yield an entry for each key below a value of a key of the outer model."""
    if shape.model is None:
        return
    if issubclass(outer, shape.model):
        keys = ", ".join(f"`{each}`" for each in keys_of(shape.model))
        yield f"Each has the keys {keys}, as above.\n"
        return
    for name, each in shape.model.model_fields.items():
        key = f"{path}{shape.path}.{each.alias or name}"
        yield f"### `{key}`\n"
        yield _entry(each, _shape(each), prefix=each.alias or name)
        yield from _keys(_shape(each), key, shape.model)


def _entry(field: FieldInfo, shape: Shape, prefix: str) -> str:
    """Return a key's type, meaning, rules and example."""
    description = " ".join((field.description or "").split())
    lines = [f"{_sentence(shape.words)}{_default(field)} {description}".rstrip()]
    lines.extend(_rule(each) for each in shape.forms if each.rule)
    if shape.names:
        lines.append(_offer(shape))
    example = yaml.safe_dump({prefix: (field.examples or [])[0]}, sort_keys=False, width=90)
    lines.append(f"```yaml\n{example}```")
    return "\n\n".join(lines) + "\n"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ", **required**."
    if field.default in (None, [], {}) or isinstance(field.default, BaseModel):
        return "."
    value = quoted(field.default) if isinstance(field.default, str) else json.dumps(field.default)
    return f", by default `{value}`."


def _rule(form: Form) -> str:
    return f"{_sentence(form.rule)} ({_links(form.codes)})."


def _offer(shape: Shape) -> str:
    codes = tuple(code for form in shape.forms if not form.rule for code in form.codes)
    many = len(shape.names) > MANY
    names = ", ".join(f"`{quoted(each)}`" for each in shape.names[: 3 if many else MANY])
    rest = " and more; `dynostack plans` lists all with their prices" if many else ""
    return f"One of {names}{rest} ({_links(codes)})."


def _links(codes: tuple[str, ...]) -> str:
    return ", ".join(f"[{code}](rules.md#{code.lower()})" for code in dict.fromkeys(codes))


def _shape(field: FieldInfo) -> Shape:
    """Return the type of a field, of which Pydantic has taken the metadata apart."""
    return _with(_of(field.annotation), field.metadata)


def _of(annotation: Any) -> Shape:
    """Return the type of an annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _with(_of(arguments[0]), arguments[1:])
    if origin is Literal:
        return Shape("a name", names=arguments)
    if origin in (Union, types.UnionType):
        return _union([each for each in arguments if each is not type(None)])
    if origin is list:
        item = _of(arguments[0])
        return Shape(f"a list of {_plural(item)}", item.forms, item.names, item.model, "[]")
    if origin is dict:
        key, value = _of(arguments[0]), _of(arguments[1])
        forms = (*key.forms, *value.forms)
        return Shape(
            f"a mapping of names to {_plural(value)}", forms, value.names, value.model, ".<name>"
        )
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("a section", model=annotation)
    return Shape(NAMES[annotation])


def _union(arguments: list[Any]) -> Shape:
    shapes = [_of(each) for each in arguments]
    words = " or ".join(each.words for each in shapes)
    forms = tuple(form for each in shapes for form in each.forms)
    first = shapes[0]
    return Shape(words, forms, first.names, first.model, first.path)


def _plural(item: Shape) -> str:
    return {"text": "texts", "a name": "names", "a section": "sections"}.get(item.words, item.words)


def _with(shape: Shape, metadata: Any) -> Shape:
    """Return a type with the checks of its values."""
    forms, names = list(shape.forms), shape.names
    for each in metadata:
        if isinstance(each, Form):
            forms.append(each)
        elif isinstance(each, Check):
            forms.append(each.form)
            names = _known(each) or names
        elif isinstance(each, Choice):
            forms.append(Form("", (each.code,)))
    return Shape(shape.words, tuple(forms), names, shape.model, shape.path)


def _known(check: Check) -> tuple[str, ...]:
    """Return the names that the catalogue has for a value."""
    choices = check.schema.get("anyOf")
    return tuple(choices[0]["enum"]) if isinstance(choices, list) else ()
