"""Comments that exempt a line from rules: `# dynostack: ignore[DS503] reason`.

The comment is at the end of the line, or alone on the line above it.  It works in the stacks' files
and in the files of the source, such as requirements.txt, the Procfile and the settings.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from dynostack.environment.diagnostics.codes import codes, similar_code
from dynostack.environment.diagnostics.diagnostic import Diagnostic, Position
from dynostack.environment.severities.settings import REASON, is_required

UNUSED = "DS156"
INVALID = "DS157"
MARK = "dynostack:"
"""Part of each exemption."""

EXAMPLE = "# dynostack: ignore[DS503] and the reason"

_COMMENT = re.compile(r"(?P<before>^|.*\s)(?P<comment>#\s*dynostack:\s*(?P<what>.*))")
_IGNORE = re.compile(r"ignore\[(?P<codes>[^\]]*)\].*")
_ONLY_COMMENT = re.compile(r"\s*(#.*)?")


class Exemption(NamedTuple):
    """One comment, and the codes from which it exempts a line."""

    file: str
    place: Position
    source: str
    target: int
    """The number of the line that is exempt."""
    codes: tuple[str, ...]
    """The codes as written; empty if the comment has another form."""

    def covers(self, code: str) -> bool:
        """Return whether the comment exempts its line from a rule."""
        return code in self.codes and not is_required(code)


def exemptions(file: str, lines: Sequence[str]) -> Iterator[Exemption]:
    """Yield the exemptions in the lines of a file."""
    if not any(MARK in line for line in lines):
        return
    stripped = [line.rstrip() for line in lines]
    following = _following(stripped)
    for number, line in enumerate(stripped, 1):
        if MARK not in line or not (found := _COMMENT.fullmatch(line)):
            continue
        ignore = _IGNORE.fullmatch(found["what"])
        listed = [each.strip() for each in ignore["codes"].split(",")] if ignore else []
        yield Exemption(
            file=file,
            place=Position(number, found.start("comment") + 1, len(found["comment"])),
            source=found["comment"].rjust(found.end("comment")),
            target=number if found["before"].strip() else following[number - 1],
            codes=tuple(filter(None, listed)),
        )


def _following(lines: list[str]) -> list[int]:
    """Return, for each line, the number of the next one that is not empty or a comment."""
    following, after = [], len(lines)
    for number in range(len(lines), 0, -1):
        following.append(after)
        if not _ONLY_COMMENT.fullmatch(lines[number - 1]):
            after = number
    return following[::-1]


class Exemptions:
    """The exemptions in the files of a project, and which of their codes were needed."""

    def __init__(self, lines_of: Callable[[str], Sequence[str]]) -> None:
        """Initialize; `lines_of` returns the lines of a file of the project."""
        self._lines_of = lines_of
        self._files: dict[str, tuple[Exemption, ...]] = {}
        self._targets: dict[str, dict[int, list[Exemption]]] = {}
        self.needed: set[tuple[Exemption, str]] = set()
        """The exemptions that a diagnostic has needed so far, each with the diagnostic's code."""

    def of(self, file: str) -> tuple[Exemption, ...]:
        """Return the exemptions in a file."""
        if file not in self._files:
            self._files[file] = tuple(exemptions(file, self._lines_of(file)))
            self._targets[file] = defaultdict(list)
            for each in self._files[file]:
                self._targets[file][each.target].append(each)
        return self._files[file]

    def _at(self, diagnostic: Diagnostic) -> list[Exemption]:
        """Return the exemptions of a diagnostic's line."""
        if diagnostic.place is None or not self.of(diagnostic.file):
            return []
        return self._targets[diagnostic.file].get(diagnostic.place.line, [])

    def remaining(self, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Yield the diagnostics whose lines are not exempt."""
        for each in diagnostics:
            covering = [one for one in self._at(each) if one.covers(each.code)]
            self.needed.update((one, each.code) for one in covering)
            if not covering:
                yield each

    def invalid(self, file: str) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each comment that does not name codes that can be exempted."""
        for each in self.of(file):
            if not each.codes:
                message = "this comment does not name the codes to ignore"
                yield _diagnostic(INVALID, each, message, EXAMPLE)
            for code in each.codes:
                if code not in codes():
                    message = f'no rule of the check has the code "{code}"'
                    instead = similar_code(code, codes()) or "a code that `dynostack explain` lists"
                    yield _diagnostic(INVALID, each, message, instead)
                elif is_required(code):
                    message = f"no line can be exempt from {code}: {REASON}"
                    yield _diagnostic(INVALID, each, message, f"nothing: remove {code}")

    def unused(self, file: str) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each code of a comment that no diagnostic needed so far."""
        for each in self.of(file):
            for code in each.codes:
                valid = code in codes() and not is_required(code)
                if valid and (each, code) not in self.needed:
                    message = f"line {each.target} has no finding with the code {code}"
                    yield _diagnostic(UNUSED, each, message, f"nothing: remove {code}")


def _diagnostic(code: str, at: Exemption, message: str, suggestion: str) -> Diagnostic:
    severity = codes()[code].severity
    return Diagnostic(code, severity, at.file, message, suggestion, at.place, source=at.source)
