"""Findings with readable messages, made from Pydantic's validation errors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from dynostack.environment.diagnostics.finding import PROBLEM, Finding, Path
from dynostack.environment.diagnostics.rule_violation import RuleViolation
from dynostack.environment.diagnostics.secret_detection import is_secret_name
from dynostack.environment.diagnostics.yaml_tree import SourceSpan, Tree
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of, near, one_of
from dynostack.environment.source.project_code import text_of

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list, with - before each entry",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
"""Pydantic's type of an error -> the kind of value that is expected."""

_TAG_KINDS = {"union_tag_not_found": "missing", "union_tag_invalid": "enum"}
"""Pydantic's type of an error in a union -> the type of the same error at the discriminator."""

_BOOLEANS = {
    **dict.fromkeys(("yes", "y", "on", "true", "1"), "true"),
    **dict.fromkeys(("no", "n", "off", "false", "0"), "false"),
}
"""A word that people write for true or false -> the word to write."""

HIDDEN = frozenset({"configVars", "config", "drains"})
"""Keys whose values may be secrets.  Messages never repeat these values."""


BOUNDS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
    "string_pattern_mismatch": "text that matches {pattern}",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} or fewer entries",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
"""Pydantic's type of an error in a project's own section -> what the value must be.
https://docs.pydantic.dev/latest/errors/validation_errors/"""

RULE_OF_THE_PROJECT = "DS601"
OUT_OF_BOUNDS = "DS602"
FITTING = "an allowed value"
REFUSED = "a rule of the project rejects this value"


@dataclass(frozen=True)
class ValidationMessages:
    """Translates the model's errors into findings that use the words of the file."""

    tree: Tree
    project: str
    model: type[Environment]

    def findings(self, errors: Iterable[ErrorDetails]) -> Iterator[Finding]:
        """Return one finding for each error of the model."""
        return map(self._finding, errors)

    def _finding(self, error: ErrorDetails) -> Finding:
        path, kind = error["loc"], error["type"]
        if at_key := path[-1:] == ("[key]",):
            path = path[:-1]
        path = self._in_file(path, is_missing=kind == "missing")
        if kind in _TAG_KINDS and (key := error["ctx"]["discriminator"].strip("'")).isidentifier():
            path, kind = (*path, key), _TAG_KINDS[kind]
        span = self.tree.spans.get(path)
        if span and span.kind == "empty" and not at_key:
            message = f"{_name(path)} has no value"
            return Finding(
                path, "DS117", message, self._example(path) or "a value, or remove the key"
            )
        if kind == PROBLEM:
            return Finding(path, **error["ctx"], at_key=at_key)
        if kind == "missing":
            key = path[-1] if len(path) > 1 else f"{self.project}:{path[-1]}"
            return Finding(
                path, "DS116", f"{key} is missing", f"{key}: {self._example(path) or '...'}"
            )
        if kind == "extra_forbidden":
            return self._unknown_key(path)
        if kind in _KINDS:
            return self._wrong_kind(path, _KINDS[kind], span)
        found = self._of_the_project(path, {**error, "type": kind})
        # The whole environment is under the key `config:`.
        return replace(found, at_key=at_key or not found.path)

    def _in_file(self, location: Path, *, is_missing: bool) -> Path:
        """Return a location without the names that Pydantic adds for a union's members."""
        path: Path = location[:1]
        for index, part in enumerate(location[1:], 2):
            span, is_last = self.tree.spans.get((*path, part)), index == len(location)
            is_there = span is not None and (is_last or span.kind in {"keys", "list"})
            is_left_out = (is_missing and is_last) or part in keys_of(self._model(path))
            if is_there or (span is None and is_left_out) or path not in self.tree.spans:
                path = (*path, part)
        return path

    def _of_the_project(self, path: Path, error: ErrorDetails) -> Finding:
        """Return the finding for a validator or a bound in the project's own sections."""
        raised = error.get("ctx", {}).get("error")
        if isinstance(raised, RuleViolation):
            path = (*path, *raised.path)
            suggestion = raised.suggestion or self._example(path) or FITTING
            return Finding(path, RULE_OF_THE_PROJECT, raised.message or REFUSED, suggestion)
        if isinstance(raised, Exception):
            suggestion = self._example(path) or FITTING
            return Finding(path, RULE_OF_THE_PROJECT, text_of(raised) or REFUSED, suggestion)
        if "ctx" in error and (bound := BOUNDS.get(error["type"])):
            fitting = bound.format_map(
                {"expected": error["ctx"].get("expected_tags")} | error["ctx"]
            )
            return Finding(path, OUT_OF_BOUNDS, f"{_name(path)} must be {fitting}", fitting)
        message = error["msg"].removeprefix("Input ")
        suggestion = self._example(path) or FITTING
        return Finding(path, OUT_OF_BOUNDS, f"{_name(path)} {message}", suggestion)

    def _unknown_key(self, path: Path) -> Finding:
        *parents, key = path
        model = self._model(tuple(parents))
        known = keys_of(model)
        if parents:
            message = f'{_name(tuple(parents))} has no key "{key}"'
            matches = near(str(key), known)
            return Finding(path, "DS115", message, one_of(str(key), known), matches, at_key=True)
        sections = tuple(f"{self.project}:{each}" for each in near(str(key), known))
        suggestion = one_of("", sections or [f"{self.project}:{each}" for each in known])
        message = f'there is no section "{key}"'
        return Finding(path, "DS114", message, suggestion, sections, at_key=True)

    def _wrong_kind(self, path: Path, fitting: str, span: SourceSpan | None) -> Finding:
        kind, text = (span.kind, span.text) if span else ("empty", "")
        if HIDDEN.intersection(path) or is_secret_name(_name(path)):
            text = ""
        message = f"{_name(path)} must be {fitting}, but is {_described(kind, text)}"
        suggestion = _rewritten(fitting, kind, text) or self._example(path) or fitting
        return Finding(path, "DS118", message, suggestion)

    def _example(self, path: Path) -> str:
        if not path:
            return ""
        parent, own = self._model(path[:-1]), self._model(path)
        fields = {field.alias: field for field in parent.model_fields.values()}
        if field := fields.get(str(path[-1])):
            return str((field.examples or [""])[0])
        needed = [
            f"{field.alias}: {(field.examples or ['...'])[0]}"
            for field in own.model_fields.values()
            if field.is_required()
        ]
        return f"{{ {', '.join(needed)} }}" if own is not parent else ""

    def _model(self, path: Path) -> type[BaseModel]:
        """Return the model whose keys are at a path."""
        model: type[BaseModel] = self.model
        shape: Any = self.model
        for part in path:
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                fields = {field.alias: field.annotation for field in shape.model_fields.values()}
                shape = _plain(fields.get(str(part)))
            elif entries := [each for each in get_args(shape) if each is not Ellipsis]:
                shape = _plain(entries[-1])
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                model = shape
        return model


def _described(kind: str, text: str) -> str:
    described = {
        "number": f"the number {text}",
        "boolean": f"the boolean {text}",
        "list": "a list",
        "keys": "a mapping",
        "secret": "an encrypted value",
    }
    return described.get(kind, f'the text "{text}"' if 0 < len(text) <= 40 else "text")


def _rewritten(fitting: str, kind: str, text: str) -> str:
    """Return the value as it should be written, or "" if that is not clear."""
    if fitting == "true or false":
        return _BOOLEANS.get(text.lower(), fitting)
    if fitting == "a whole number":
        return text if kind == "text" and text.isdecimal() else "a whole number, such as 1"
    if fitting == "text" and kind in {"number", "boolean"}:
        return f'"{text}"'
    return f"- {text}" if fitting.startswith("a list") and kind == "text" and text else ""


def _name(path: Path) -> str:
    """Return how a message refers to the value at a path."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"an entry of {last}" if path and isinstance(path[-1], int) else last


def _plain(shape: Any) -> Any:
    """Return a type without its alternatives, such as the model in `Model | None`."""
    if get_origin(shape) is Annotated:
        return _plain(get_args(shape)[0])
    if get_origin(shape) in (Union, UnionType):
        return _plain(next(each for each in get_args(shape) if each is not NoneType))
    return shape
