"""What is wrong with an environment's file, for a person and for a program to read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

RULES_PAGE = "docs/rules.md"
"""Where every code is explained, as seen from the project's folder."""


WIDEST = 160
"""How many characters of a line are shown."""


@dataclass(frozen=True, order=True)
class Position:
    """A stretch of one line of a file; line and column count from 1, in characters."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong: where, in which section, what is, what to write."""

    code: str
    severity: Severity
    file: str
    """As seen from the project's folder."""
    message: str
    suggestion: str
    place: Position | None = None
    """None when there is no text to point at, as in a file that is not there."""
    section: str = ""
    """The path of the value, such as shop:app.name; empty outside of any section."""
    source: str = ""
    """The line of the file as it may be shown: without the values of secrets."""
    near: tuple[str, ...] = ()
    """Up to three known names that a typo may have meant, the nearest first."""

    @property
    def rule(self) -> str:
        """Where the rule is explained."""
        return f"{RULES_PAGE}#{self.code.lower()}"

    @property
    def location(self) -> str:
        """The file, with line and column where they are known."""
        place = self.place
        return f"{self.file}:{place.line}:{place.column}" if place else self.file

    @property
    def headline(self) -> str:
        """Severity, code, section and what is wrong, without the place."""
        words = (self.code, "warning" * (self.severity == "warning"), self.section, self.message)
        return "  ".join(filter(None, words))

    @property
    def lines(self) -> list[str]:
        """The readable text: where and what, the line, the caret, what to write."""
        shown = _marked(self.source, self.place) if self.place and self.source else []
        advice = f"      = write {self.suggestion}      {self.rule}"
        return [f"{self.location}  {self.headline}", *shown, advice]

    def as_data(self) -> dict[str, object]:
        """The same as names, texts and numbers, for JSON; absent where there is no place."""
        data: dict[str, object] = {"code": self.code, "severity": self.severity, "file": self.file}
        if self.place:
            line, column = self.place.line, self.place.column
            data |= {"line": line, "column": column, "endColumn": column + self.place.width}
        data |= {"section": self.section, "says": self.message, "write": self.suggestion}
        return data | {"near": list(self.near), "source": self.source, "rule": self.rule}

    def __str__(self) -> str:
        """The readable text, of two to four lines."""
        return "\n".join(self.lines)


def _marked(source: str, place: Position) -> list[str]:
    """The line and the caret under it; of a very long line the part around the caret."""
    column, left = place.column - 1, 0
    if len(source) > WIDEST:
        left = max(0, min(column - WIDEST // 4, len(source) - WIDEST))
        right = left + WIDEST
        ends = "..." if right < len(source) else source[right - 3 : right]
        source = f"{'...' if left else source[:3]}{source[left + 3 : right - 3]}{ends}"
    caret = "^" * max(1, min(place.width, WIDEST - (column - left)))
    return [f"{place.line:5} | {source}", f"      | {' ' * (column - left)}{caret}"]


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file, then by place; what has no place comes first in its file."""
    return tuple(sorted(diagnostics, key=lambda each: (each.file, each.place or Position(0, 0))))


class EnvironmentErrors(Exception):
    """Everything wrong with one environment, in file order; str() is the whole readable text."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)
