"""A diagnostic of an environment's file, as text for people and as data for programs."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

WIDEST = 160
"""Maximum number of characters of a line to show."""

LONGEST = 1000
"""Maximum number of characters of a line to keep with a diagnostic."""


def explanation_of(code: str) -> str:
    """Return the command that explains a code."""
    return f"dynostack explain {code}"


class Position(NamedTuple):
    """A range within one line of a file; line and column count from 1, in characters."""

    line: int
    column: int
    width: int = 1


class Diagnostic(NamedTuple):
    """One problem: its place, its section, a message and a suggestion."""

    code: str
    severity: Severity
    file: str
    """Path relative to the project's folder."""
    message: str
    suggestion: str
    place: Position | None = None
    """None if there is no text to point at, as for a missing file."""
    section: str = ""
    """The path of the value, such as shop:app.name; empty outside all sections."""
    source: str = ""
    """The line of the file, or of a very long one the part around the place.

    The values of secrets are masked.
    """
    near: tuple[str, ...] = ()
    """Up to three known names with a similar spelling, the most similar first."""
    source_start: int = 0
    """The index in the line of the first character of `source`."""
    shared: str = ""
    """A name that several stacks share, if each of them has this diagnostic about it."""

    @property
    def explanation(self) -> str:
        """The command that explains the rule."""
        return explanation_of(self.code)

    @property
    def location(self) -> str:
        """The file, with line and column if they are known."""
        place = self.place
        return f"{self.file}:{place.line}:{place.column}" if place else self.file

    @property
    def headline(self) -> str:
        """The code, severity, section and message, without the place."""
        words = (self.code, "warning" * (self.severity == "warning"), self.section, self.message)
        return "  ".join(filter(None, words))

    @property
    def lines(self) -> list[str]:
        """The lines of the text: place and message, source line, caret, suggestion."""
        shown = (
            _marked(self.source, self.place, self.source_start)
            if self.place and self.source
            else []
        )
        advice = f"      = write {self.suggestion}      ({self.explanation})"
        return [f"{self.location}  {self.headline}", *shown, advice]

    def as_data(self) -> dict[str, object]:
        """Return the diagnostic as data for JSON; line and columns are absent without a place."""
        data: dict[str, object] = {"code": self.code, "severity": self.severity, "file": self.file}
        if self.place:
            line, column = self.place.line, self.place.column
            data |= {"line": line, "column": column, "endColumn": column + self.place.width}
        data |= {"section": self.section, "says": self.message, "write": self.suggestion}
        data |= {"near": list(self.near), "source": self.source, "rule": self.explanation}
        return data | ({"sourceColumn": self.source_start + 1} if self.source_start else {})

    def __str__(self) -> str:
        """Return the readable text, two to four lines."""
        return "\n".join(self.lines)


def excerpt(line: str, place: Position | None) -> tuple[str, int]:
    """Return a line, or the part of a very long one around a place, and the index of its start."""
    if len(line) <= LONGEST or place is None:
        return line, 0
    start = max(0, min(place.column - 1 - LONGEST // 2, len(line) - LONGEST))
    return line[start : start + LONGEST], start


def _marked(source: str, place: Position, start: int) -> list[str]:
    """Return the line and the caret under it; for a very long line, the part around the caret."""
    column, left = place.column - 1 - start, 0
    shown = source
    if len(source) > WIDEST:
        left = max(0, min(column - WIDEST // 4, len(source) - WIDEST))
        right = left + WIDEST
        beginning = "..." if left or start else source[:3]
        ends = "..." if right < len(source) or len(source) == LONGEST else source[right - 3 : right]
        shown = f"{beginning}{source[left + 3 : right - 3]}{ends}"
    caret = "^" * max(1, min(place.width, WIDEST - (column - left)))
    return [f"{place.line:5} | {shown}", f"      | {' ' * (column - left)}{caret}"]


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, then by place; diagnostics without a place come first in their file."""
    return tuple(sorted(diagnostics, key=lambda each: (each.file, each.place or Position(0, 0))))


class EnvironmentErrors(Exception):
    """All errors of one environment, in file order; str() returns the readable text."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)
