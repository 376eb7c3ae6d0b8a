"""Messages about values of the wrong type, such as a number where text is expected."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dynostack.environment.diagnostics.finding import PROBLEM, Finding, Path
from dynostack.environment.diagnostics.secret_detection import HIDDEN, is_secret_name, is_switch
from dynostack.environment.diagnostics.yaml_tree import SourceSpan, Tree
from dynostack.environment.section import near, shortened
from dynostack.environment.source.model_shapes import ModelShapes
from dynostack.environment.source.yaml_text import flow

KINDS = {
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

_BOOLEANS = {
    **dict.fromkeys(("yes", "y", "on", "true", "1"), "true"),
    **dict.fromkeys(("no", "n", "off", "false", "0"), "false"),
}
"""A word that people write for true or false -> the word to write."""

_LONGEST = 40
"""Maximum length of a text in a message."""


@dataclass(frozen=True)
class WrongKind:
    """A value of the wrong type, and its place in the file."""

    tree: Tree
    shapes: ModelShapes
    path: Path
    span: SourceSpan | None

    def finding(self, expected: str) -> Finding:
        """Return the finding for a value that is not of the expected kind, a value of `KINDS`."""
        kind = self.span.kind if self.span else "empty"
        if expected == "text" and kind in {"number", "boolean"} and (found := self._as_text()):
            return found
        message = f"{self._name} must be {expected}, but is {_described(kind, self._text)}"
        if expected.startswith("a list") and kind == "text" and self._text.startswith("-"):
            message = f"{self._name} must be a list: a space is missing after the dash"
        if assigned := self._assigned(expected, kind):
            message = "a key and its value are separated by a colon and a space, not by ="
            return Finding(self.path, "DS118", message, assigned)
        if expected == "a whole number" and kind == "number" and self._text.isdecimal():
            message = f"{self._name} {_short(self._text)} is too large"
        example = self.shapes.example(self.path)
        suggestion = self._rewritten(expected, kind) or example or expected
        return Finding(self.path, "DS118", message, suggestion)

    @property
    def _name(self) -> str:
        last = next((part for part in reversed(self.path) if isinstance(part, str)), "")
        is_entry = bool(self.path) and isinstance(self.path[-1], int)
        return f"an entry of {shortened(last)}" if is_entry else shortened(last)

    @property
    def _text(self) -> str:
        """The value as text; empty if it may be a secret."""
        if not self.span or HIDDEN.intersection(self.path) or is_secret_name(self._name):
            return ""
        return self.span.text

    def _as_text(self) -> Finding | None:
        """Return the finding that the value would have as text, or None if it would be valid."""
        error = self.shapes.error(self.path, self._text)
        if error and error["type"] == PROBLEM:
            return Finding(self.path, **error["ctx"])
        return None

    def _rewritten(self, expected: str, kind: str) -> str:
        """Return the value as it should be written, or "" if that is not clear."""
        text = self._text
        match expected, kind:
            case "true or false", _:
                return _BOOLEANS.get(text.lower(), expected)
            case "a whole number", "text":
                return text if text.isdecimal() and len(text) < 10 else "a whole number, such as 1"
            case "a whole number", _:
                return _whole(text)
            case "text", "number" | "boolean" | "date" if text:
                return self._quoted(text)
            case "a mapping", "text" if text:
                return _json(text) or self.shapes.example(self.path, text)
            case "a mapping", "list":
                return self._without_dashes()
        if expected.startswith("a list") and kind == "text" and text:
            return flow([text.removeprefix("-").strip()])
        return ""

    def _assigned(self, expected: str, kind: str) -> str:
        """Return what to write instead of NAME=value, or "" if the value is something else."""
        if expected != "a mapping" or kind != "text" or self.span is None:
            return ""
        found = re.match(r"(?:export +)?([A-Za-z_]\w*)\s*=\s*(.*)", self.span.text)
        if not found:
            return ""
        return f'{found[1]}: "{found[2]}"' if is_switch(found[2]) else f"{found[1]}: value"

    def _quoted(self, text: str) -> str:
        """Return a number as text, or the only known name that it abbreviates."""
        known = self.shapes.known(self.path)
        meant = near(text, known) if known and text not in known else ()
        return flow(meant[0]) if len(meant) == 1 else f'"{text}"'

    def _without_dashes(self) -> str:
        """Return what to write instead of a list whose entries should be keys."""
        entries = self._value()
        if not isinstance(entries, list) or not entries:
            return ""
        first = entries[0]
        if all(isinstance(each, Mapping) and len(each) == 1 for each in entries):
            return "the same keys without the dashes"
        if isinstance(first, Mapping) and {*first} == {"name", "value"}:
            return f"{first['name']}: and its value, without name: and value:"
        can_be_true = isinstance(first, str) and not HIDDEN.intersection(self.path)
        if can_be_true and self.shapes.error(self.path, {first: True}) is None:
            return flow({each: True for each in entries if isinstance(each, str)})
        return ""

    def _value(self) -> object:
        value = self.tree.root
        for part in self.path:
            if isinstance(value, Mapping) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
        return value


def _described(kind: str, text: str) -> str:
    described = {
        "number": f"the number {_short(text)}".rstrip(),
        "date": f"the date {text}".rstrip(),
        "boolean": f"the boolean {text}",
        "list": "a list",
        "keys": "a mapping",
        "secret": "an encrypted value",
    }
    return described.get(kind, f'the text "{text}"' if 0 < len(text) <= _LONGEST else "text")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _whole(text: str) -> str:
    """Return the whole numbers around a number."""
    digits, point, _ = text.partition(".")
    if point and digits.isdecimal() and len(digits) < 10:
        return f"{int(digits)} or {int(digits) + 1}"
    return "a whole number, such as 1"


def _json(text: str) -> str:
    """Return a mapping that was written as JSON within quotes, without the quotes."""
    if not text.startswith("{") or any(word in text for word in HIDDEN):
        return ""
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    return flow(value) if isinstance(value, dict) else ""
