"""Conversion of a YAML file's nodes to plain values, each with its place.

Values are read as Pulumi reads YAML, which differs from PyYAML: `yes`, `on` and `12:30` are text.
"""

import re
from dataclasses import dataclass, field
from typing import TypeVar

import yaml
from pydantic import SecretStr

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Finding, Path

T = TypeVar("T")

NO_KEY = "?"
"""Path element for values without a usable key; they are not in the tree, but have a span."""

_CORE = "tag:yaml.org,2002:"
_TYPES = frozenset(
    {"str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value"}
)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_BOOLEAN = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class NotRepresentable:
    """A value that no key accepts: an empty one, or a number that Pulumi would rewrite."""

    kind: str


@dataclass(frozen=True)
class SourceSpan:
    """The places of a key and its value, and the kind and text of the value."""

    key: Position | None
    value: Position
    kind: str
    text: str
    until: tuple[int, int]
    """Line and column, counted from 1, of the first character after the value."""


@dataclass
class Tree:
    """Values, the span of each path, and findings about unsupported YAML."""

    root: object = None
    spans: dict[Path, SourceSpan] = field(default_factory=dict)
    oddities: list[Finding] = field(default_factory=list)
    """Findings about YAML features that dynostack does not support, each with its place."""

    @classmethod
    def of(cls, node: yaml.Node) -> "Tree":
        """Return the tree below a node."""
        tree = cls()
        tree.root = tree._value((), None, node)
        return tree

    def _value(self, path: Path, key: Position | None, node: yaml.Node) -> object:
        if node.tag.removeprefix(_CORE) not in _TYPES:
            message = f"the tag {_shown(node.tag)} is not allowed"
            suggestion = "the value without the tag"
            self.oddities.append(Finding(path, "DS110", message, suggestion, place=_place(node)))
            return self._note(path, key, node, "tagged", NotRepresentable("tagged"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(path, key, node)
        if isinstance(node, yaml.ScalarNode):
            kind, value = _scalar(node)
            return self._note(path, key, node, kind, value)
        self._note(path, key, node, "list", None)
        return [self._value((*path, i), None, each) for i, each in enumerate(node.value)]

    def _mapping(self, path: Path, key: Position | None, node: yaml.MappingNode) -> object:
        if _is_secure(node):
            return self._note(path, key, node, "secret", SecretStr(""))
        self._note(path, key, node, "keys", None)
        values: dict[str, object] = {}
        first: dict[str, Position] = {}
        for name, value in node.value:
            place = _place(name)
            if not isinstance(name, yaml.ScalarNode) or name.tag == f"{_CORE}merge":
                odd = Finding(
                    (*path, NO_KEY),
                    "DS110",
                    "merge keys and keys that are not text are not allowed",
                    "key: value",
                    place=place,
                )
            elif name.value in first:
                line = first[name.value].line
                message = f'key "{name.value}" is a duplicate of the key on line {line}'
                odd = Finding(
                    (*path, name.value),
                    "DS111",
                    message,
                    "only one of the two",
                    at_key=True,
                    place=place,
                )
            else:
                first[name.value] = place
                values[name.value] = self._value((*path, name.value), place, value)
                continue
            self.oddities.append(odd)
            self._value((*odd.path, NO_KEY, place.line, place.column), place, value)
        return values

    def _note(self, path: Path, key: Position | None, node: yaml.Node, kind: str, value: T) -> T:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        end = node.end_mark
        self.spans[path] = SourceSpan(key, _place(node), kind, text, (end.line + 1, end.column + 1))
        return value


def _place(node: yaml.Node) -> Position:
    """Return the range of a node on its first line; an empty value is one character wide."""
    start, end = node.start_mark, node.end_mark
    same_line = isinstance(node, yaml.ScalarNode) and end.line == start.line
    width = end.column - start.column if same_line else 1
    return Position(start.line + 1, start.column + 1, max(width, 1))


def _scalar(node: yaml.ScalarNode) -> tuple[str, object]:
    text, tag = node.value, node.tag.removeprefix(_CORE)
    if node.style is not None or tag == "str":
        return "text", text
    if tag == "null" or text in _EMPTY:
        return "empty", NotRepresentable("empty")
    if tag == "bool":
        return ("boolean", _BOOLEAN[text]) if text in _BOOLEAN else ("text", text)
    if tag == "int" and _INTEGER.fullmatch(text):
        return "number", int(text)
    if ":" in text and tag in {"int", "float"}:
        return "text", text
    return ("text", text) if tag in {"merge", "value"} else ("number", NotRepresentable("number"))


def _is_secure(node: yaml.MappingNode) -> bool:
    """Return whether a node is an encrypted value, as `dynostack secret set` writes it."""
    return (
        len(node.value) == 1
        and node.value[0][0].value == "secure"
        and isinstance(node.value[0][1], yaml.ScalarNode)
    )


def _shown(tag: str) -> str:
    return f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
