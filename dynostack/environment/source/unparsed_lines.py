"""The lines of a file that cannot be parsed, as far as they are safe to show.

There is no tree, so the keys above a line are found by indentation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple, get_args

from pydantic import BaseModel

from dynostack.environment.diagnostics.characters import visible
from dynostack.environment.diagnostics.secret_detection import (
    HIDDEN,
    format_of,
    has_password,
    is_secret_name,
)
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of

_SECTIONS = frozenset(keys_of(Environment))
_BEGINNING = re.compile(
    r"""[ \t]*(?P<dashes>(?:-[ \t]+)*)["']?(?P<word>[\w.-]*"""
    rf"""(?::[\w-]+(?=:)|:(?:{"|".join(sorted(_SECTIONS))})\s*$)?)"""
)
"""Indentation, dashes, and the first word, such as a key."""

_SEPARATOR = re.compile(r"""["']?\s*[:=]""")
_NAME = re.compile(r"""(?<![\w.-])[\w.-]+(?=["']?\s*[:=])""")
_MARKS = re.compile(r"[^\w]*")
_CONFLICT = re.compile(r"\s*([<>|=])\1{6}")
_TOP = frozenset({"name", "runtime", "description", "main"})
"""Keys of Pulumi.yaml whose values are not secret."""

_LISTS = frozenset({"domains", "collaborators", "buildpacks", "permissions", "attachments"})
"""Keys of lists whose entries are not secret."""

_MAPS = frozenset({"formation", "addons", "databases", "features"})
"""Keys below which people choose the keys."""


class _Line(NamedTuple):
    """The parts of a line."""

    column: int
    """Where the first character is, from 0."""
    dashes: int
    """The length of the dashes of list entries, with the spaces after them."""
    word: str
    end: int
    """Where the first word ends, from 0."""
    is_key: bool

    @classmethod
    def of(cls, line: str) -> "_Line":
        """Return the parts of a line."""
        found = _BEGINNING.match(line)
        if found is None:
            return cls(0, 0, "", 0, False)
        dashes, end = len(found["dashes"]), found.end()
        is_key = bool(found["word"]) and bool(_SEPARATOR.match(line, end))
        return cls(found.start("dashes"), dashes, found["word"], end, is_key)


@dataclass(frozen=True)
class UnparsedLines:
    """The lines of a file that cannot be parsed."""

    lines: list[str]

    def shown(self, number: int) -> str:
        """Return a line with stars in place of what may be a secret.

        All columns stay the same.

        Args:
            number: the line's number, from 1.
        """
        line = visible(self.lines[number - 1])
        start = self._hidden_from(number, line)
        return line[:start] + re.sub(r"\S", "*", line[start:])

    def is_safe(self, number: int) -> bool:
        """Return whether a whole line may be shown."""
        line = visible(self.lines[number - 1])
        return self._hidden_from(number, line) >= len(line)

    def _hidden_from(self, number: int, line: str) -> int:
        """Return the index from which on a line may be secret."""
        if _MARKS.fullmatch(line):
            return len(line)
        if conflict := _CONFLICT.match(line):
            return conflict.end()
        parts = _Line.of(line)
        if not self._is_public(parts, list(self._keys_above(number))):
            separator = _SEPARATOR.match(line, parts.end)
            return separator.end() if separator else parts.column + parts.dashes
        names = [each for each in _NAME.finditer(line) if each.start() and _is_hidden(each[0])]
        if names:
            return names[0].end()
        secret = has_password(line) or format_of(line)
        return parts.end if secret else len(line)

    def _is_public(self, parts: _Line, above: list[str]) -> bool:
        """Return whether the values on a line are not secret."""
        if not above:
            return parts.word in _TOP or (parts.word == "config" and parts.is_key)
        path = [_section(each) for each in reversed(above)]
        is_key = parts.is_key or parts.word in _known()
        if is_key:
            path.append(_section(parts.word))
        elif path[-1] not in _LISTS:
            return False
        top, *keys = path
        return top == "config" and keys[:1] != [] and _is_public_path(keys)

    def _keys_above(self, number: int) -> Iterator[str]:
        """Yield the keys that a line is below, the nearest first."""
        at = _Line.of(self.lines[number - 1])
        column, is_entry = at.column, at.dashes > 0
        for line in reversed(self.lines[: number - 1]):
            if not (column or is_entry):
                return
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            parts = _Line.of(line)
            if parts.column > column - (not is_entry or parts.dashes > 0):
                continue
            if parts.word and parts.column + parts.dashes < column + is_entry:
                yield parts.word
            column, is_entry = parts.column, parts.dashes > 0


def _is_public_path(keys: list[str]) -> bool:
    """Return whether what is at a path of keys below `config` is not secret."""
    if keys[0] not in _SECTIONS:
        return False
    return all(key in _known() or before in _MAPS for before, key in pairwise(keys)) and not any(
        map(_is_hidden, keys)
    )


def _is_hidden(key: str) -> bool:
    return _section(key) in HIDDEN or key == "secure" or is_secret_name(key)


def _section(key: str) -> str:
    """Return a key without the project's name."""
    return key.rpartition(":")[2]


@cache
def _known() -> frozenset[str]:
    """Return the keys of all sections."""
    return frozenset(_keys_within(Environment))


def _keys_within(shape: object) -> Iterator[str]:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield field.alias or name
            yield from _keys_within(field.annotation)
    for each in get_args(shape):
        yield from _keys_within(each)
