"""Changing a stretch of a file and nothing else of it: comments, line ends and encoding stay."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Position

YAML_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, as the places of diagnostics count lines."""

LINE_END = re.compile("\r?\n")
"""What ends a line in the other files of a project."""


@dataclass(frozen=True)
class Edit:
    """A new text for a place of a file."""

    file: str
    """As seen from the project's folder."""
    place: Position
    new: str
    is_key: bool = False

    def of(self, text: str) -> str:
        """The file's text with the edit made."""
        start = _offset(text, self.place, _line_end(self.file))
        return text[:start] + self.new + text[start + self.place.width :]


def stretch(file: str, text: str, place: Position) -> str:
    """What stands at a place of a file."""
    start = _offset(text, place, _line_end(file))
    return text[start : start + place.width]


def line(file: str, text: str, number: int) -> str:
    """A line of a file, without its end."""
    return _line_end(file).split(text)[number - 1]


def read(path: Path) -> str:
    """A file's text with its line ends and its byte order mark.  Raises UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def difference(file: str, before: str, after: str) -> str:
    """A unified diff of the changed lines alone: the lines around them may hold secrets."""
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
