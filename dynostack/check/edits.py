"""Edits of one place in a file that keep everything else: comments, line ends and encoding."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Position

YAML_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""A line end in YAML 1.1, by which diagnostics count lines."""

LINE_END = re.compile("\r?\n")
"""A line end in the other files of a project."""


@dataclass(frozen=True)
class Edit:
    """The replacement of the text at one place in a file."""

    file: str
    """The path within the project's folder."""
    place: Position
    new: str
    is_key: bool = False

    def of(self, text: str) -> str:
        """Return the file's text with the edit applied."""
        start = _offset(text, self.place, _line_end(self.file))
        return text[:start] + self.new + text[start + self.place.width :]


def stretch(file: str, text: str, place: Position) -> str:
    """Return the text at a place in a file."""
    start = _offset(text, place, _line_end(file))
    return text[start : start + place.width]


def line(file: str, text: str, number: int) -> str:
    """Return a line of a file, without its line end."""
    return _line_end(file).split(text)[number - 1]


def read(path: Path) -> str:
    """Return a file's text with its line ends and its byte order mark.

    Raises:
        UnicodeDecodeError: the file is not UTF-8.
    """
    return path.read_bytes().decode("utf-8")


def difference(file: str, before: str, after: str) -> str:
    """Return a unified diff without context, because the lines nearby may contain secrets."""
    pair = (_lines(file, before), _lines(file, after))
    return "\n".join(difflib.unified_diff(*pair, f"a/{file}", f"b/{file}", n=0, lineterm=""))


def _lines(file: str, text: str) -> list[str]:
    return _line_end(file).split(text)


def _line_end(file: str) -> re.Pattern[str]:
    return YAML_LINE_END if file.endswith(".yaml") else LINE_END


def _offset(text: str, place: Position, line_end: re.Pattern[str]) -> int:
    start = len("\ufeff") if text.startswith("\ufeff") else 0
    for _, end in zip(range(place.line - 1), line_end.finditer(text), strict=False):
        start = end.end()
    return start + place.column - 1
