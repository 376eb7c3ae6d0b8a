"""The lines of a file with stars in place of values that may be secret."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from dynostack.environment.diagnostics.finding import Path
from dynostack.environment.diagnostics.yaml_tree import SourceSpan
from dynostack.environment.source import redaction


@dataclass
class MaskedLines:
    """The lines of a file, each masked once however many findings it has."""

    lines: list[str]
    _hidden: dict[int, list[tuple[Path, SourceSpan]]]
    """A line's number -> the hidden values on it."""
    _masked: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: list[str], hidden: Iterable[tuple[Path, SourceSpan]]) -> "MaskedLines":
        """Return the lines without hidden values, each of which has a path and a span."""
        by_line: dict[int, list[tuple[Path, SourceSpan]]] = defaultdict(list)
        for path, span in hidden:
            if span.key:
                by_line[span.key.line].append((path, span))
            if span.kind not in {"keys", "list"}:
                for number in range(span.value.line, span.until[0] + 1):
                    by_line[number].append((path, span))
        return cls(lines, by_line)

    def line(self, number: int) -> str:
        """Return a line, counted from 1, with the same columns."""
        if number not in self._masked:
            self._masked[number] = self._mask(number)
        return self._masked[number]

    def _mask(self, number: int) -> str:
        line = self.lines[number - 1]
        letters, indentation = list(line), len(line) - len(line.lstrip(" "))
        for path, span in self._hidden.get(number, ()):
            for start, stop in redaction.hidden_ranges(number, path, span):
                first = indentation if start is None else start
                last = len(line) if stop is None else min(stop, len(line))
                letters[first:last] = "*" * (last - first)
        return "".join(letters)
