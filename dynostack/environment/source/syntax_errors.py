"""What is wrong with a text that is not YAML, where, and what to write instead.

The parser's position is often far behind the mistake: a quote that is not closed ends at the next
quote, lines below.  Each function below knows one mistake that people make.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from dynostack.environment.diagnostics.characters import first_invisible, name_of
from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.secret_detection import is_switch
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of
from dynostack.environment.source.unparsed_lines import UnparsedLines
from dynostack.environment.source.yaml_events import tokens


@dataclass(frozen=True)
class Mistake:
    """One mistake: the code of its rule, its place, a message and a suggestion."""

    code: str
    place: Position
    message: str
    suggestion: str


@dataclass(frozen=True)
class Failure:
    """The parser's error, and the text around it."""

    error: yaml.YAMLError
    text: str
    lines: UnparsedLines

    @property
    def words(self) -> str:
        """The parser's message."""
        return f"{self._of('context')} {self._of('problem')}"

    @property
    def place(self) -> Position:
        """Where the parser stopped."""
        mark = self._of("problem_mark") or self._of("context_mark")
        if mark is None:
            return Position(1, 1)
        return self._within(mark.line, mark.column)

    @property
    def beginning(self) -> Position | None:
        """Where the value or collection begins that could not be parsed."""
        mark = self._of("context_mark")
        return self._within(mark.line, mark.column) if mark else None

    def _of(self, attribute: str) -> Any:
        """Return an attribute that only errors with places have, or None."""
        return getattr(self.error, attribute, None)

    def _within(self, line: int, column: int) -> Position:
        """Return a position, counted from 0, within the lines of the text."""
        if line < len(self.lines.lines):
            return Position(line + 1, column + 1)
        return Position(len(self.lines.lines), len(self.lines.lines[-1]) + 1)

    def line(self, number: int) -> str:
        """Return a line, counted from 1."""
        return self.lines.lines[number - 1]

    def above(self, number: int) -> int | None:
        """Return the number of the nearest line above that is not empty and not a comment."""
        for each in range(number - 1, 0, -1):
            text = self.line(each).strip()
            if text and not text.startswith("#"):
                return each
        return None

    def written(self, number: int, text: str, otherwise: str) -> str:
        """Return a suggestion derived from a line, or another one if that line is not safe."""
        return text if self.lines.is_safe(number) else otherwise


def mistake(error: yaml.YAMLError, text: str, lines: list[str]) -> Mistake:
    """Return the mistake in a text that caused the parser's error."""
    failure = Failure(error, text, UnparsedLines(lines))
    found = (find(failure) for find in _MISTAKES)
    return next(filter(None, found), None) or Mistake(
        "DS106",
        failure.place,
        "the text is not valid YAML from here on",
        "key: value, two spaces for each level",
    )


_CONFLICT = re.compile(r"\s*(<{7}|>{7}|\|{7})( |$)")


def _merge_conflict(failure: Failure) -> Mistake | None:
    for number, line in enumerate(failure.lines.lines, 1):
        if found := _CONFLICT.match(line):
            message = "an unresolved merge conflict begins here"
            suggestion = "one of the two versions, without the lines <<<<<<<, ======= and >>>>>>>"
            return Mistake("DS122", Position(number, found.start(1) + 1, 7), message, suggestion)
    return None


def _tab(failure: Failure) -> Mistake | None:
    place = failure.place
    line = failure.line(place.line)
    indentation = re.match(r"[ \t]*", line)
    tab = indentation[0].find("\t") if indentation else -1
    if tab < 0 and line[place.column - 1 : place.column] == "\t":
        tab = place.column - 1
    if tab < 0:
        return None
    message, suggestion = "a tab is used where YAML requires spaces", "two spaces for each level"
    return Mistake("DS107", Position(place.line, tab + 1), message, suggestion)


def _invisible(failure: Failure) -> Mistake | None:
    """Find an invisible character outside of quotes near the error."""
    place = failure.place
    numbers = {place.line, failure.above(place.line) or place.line}
    for number in sorted(numbers):
        line = failure.line(number)
        index = first_invisible(line)
        if index is not None and not re.search("[\"'#]", line[:index]):
            message = f"the line contains an invisible character: {name_of(line[index])}"
            suggestion = "a space, or nothing, instead of this character"
            return Mistake("DS123", Position(number, index + 1), message, suggestion)
    return None


_LIKE_A_KEY = re.compile(r"\n[ \t]*(?:- )?[\w.:-]+: |\n[ \t]*- ")


def _open_quote(failure: Failure) -> Mistake | None:
    """Find a quote that goes on over lines that look like keys or entries."""
    opening = None
    for token in tokens(failure.text):
        if not isinstance(token, yaml.ScalarToken) or token.style not in ("'", '"'):
            continue
        start, end = token.start_mark, token.end_mark
        inside = failure.text[start.index : end.index]
        if end.line > start.line and _LIKE_A_KEY.search(inside):
            opening = Position(start.line + 1, start.column + 1)
            break
    if opening is None and "scanning a quoted scalar" in failure.words:
        opening = failure.beginning
    if opening is None:
        return None
    line = failure.line(opening.line)
    quote, rest = line[opening.column - 1], line[opening.column :].rstrip()
    suggestion = "the closing quote"
    if re.fullmatch(r"[\w.@/*:-]+( [\w.@/-]+)*", rest):
        suggestion = failure.written(opening.line, f"{quote}{rest}{quote}", suggestion)
    return Mistake("DS106", opening, "the quote that begins here is not closed", suggestion)


def _alias(failure: Failure) -> Mistake | None:
    """Find a value that begins with * or &."""
    for sign, kind in (("*", "alias"), ("&", "anchor")):
        if f"scanning an {kind}" in failure.words and failure.beginning:
            message = f"{sign} begins an {kind} in YAML"
            return _unquoted(failure, failure.beginning, "DS108", message)
    return None


def _not_a_beginning(failure: Failure) -> Mistake | None:
    """Find a value that begins with a character that has a meaning in YAML."""
    place = failure.place
    letter = failure.line(place.line)[place.column - 1 : place.column]
    if "cannot start any token" in failure.words:
        return _unquoted(failure, place, "DS106", f"a value cannot begin with {letter}")
    if "expected the node content" in failure.words and letter:
        return _unquoted(failure, place, "DS106", f"a value cannot begin with {letter}")
    if "scanning a tag" in failure.words and failure.beginning:
        return _unquoted(failure, failure.beginning, "DS106", "! begins a tag in YAML")
    if "scanning a directive" in failure.words and failure.beginning:
        return _unquoted(failure, failure.beginning, "DS106", "% begins a directive in YAML")
    if "scanning a block scalar" in failure.words and failure.beginning:
        message = "| and > begin a text on the lines below"
        return _unquoted(failure, failure.beginning, "DS106", message)
    return None


def _unquoted(failure: Failure, place: Position, code: str, message: str) -> Mistake:
    """Return the mistake of a value that needs quotes, with the value in them."""
    line = failure.line(place.line)
    value = re.split(r"\s#|[,\]}]\s*$", line[place.column - 1 :])[0].strip()
    suggestion = failure.written(place.line, _quoted(value), "the value in quotes")
    return Mistake(code, place._replace(width=max(len(value), 1)), message, suggestion)


def _quoted(value: str) -> str:
    """Return a value in the quotes that keep it as it is."""
    return f"'{value}'" if '"' in value or "\\" in value else f'"{value}"'


def _escape(failure: Failure) -> Mistake | None:
    """Find a backslash in double quotes that is not an escape sequence."""
    if "double-quoted scalar" not in failure.words:
        return None
    place = failure.place
    line = failure.line(place.line)
    start = place.column - 2 if line[place.column - 2 : place.column - 1] == "\\" else 0
    message = "in double quotes, \\ begins an escape sequence, and this is none"
    return Mistake(
        "DS106",
        Position(place.line, max(start, 0) + 1, 2) if start else place,
        message,
        "the value in single quotes, or \\\\ for each \\",
    )


def _text_after_a_value(failure: Failure) -> Mistake | None:
    """Find text after a closing bracket or quote, such as [a-z]+."""
    place = failure.place
    before = failure.line(place.line)[: place.column - 1]
    if "expected <block end>" not in failure.words or not before.rstrip().endswith(
        ("]", "}", '"', "'")
    ):
        return None
    found = re.match(r"\s*(?:- +)*(?:[\w.:-]+:\s+)?", before)
    start = found.end() if found else 0
    if start >= len(before) or before[start] not in "[{\"'":
        return None
    what = "quote" if before[start] in "\"'" else "bracket"
    message = f"the value goes on after its closing {what}"
    if what == "bracket":
        message = f"a value that begins with {before[start]} ends with its closing bracket"
    return _unquoted(failure, Position(place.line, start + 1), "DS106", message)


_PAIRS = {"mapping": ("{", "}"), "sequence": ("[", "]")}


def _open_bracket(failure: Failure) -> Mistake | None:
    """Find a bracket that is not closed, or a comma that is missing between entries."""
    kind = next((each for each in _PAIRS if f"parsing a flow {each}" in failure.words), None)
    opening = failure.beginning
    if kind is None or opening is None:
        return None
    place, (left, right) = failure.place, _PAIRS[kind]
    rest = failure.line(opening.line)[opening.column :].split(" #")[0].strip()
    if (place.line == opening.line and right in rest) or (place.line > opening.line and not rest):
        message = f"a comma is missing before this in {left} {right}"
        return Mistake("DS106", place, message, "a comma between two entries")
    message = f"the {left} that begins here is not closed"
    suggestion = f"the closing {right}"
    if rest and not set("{}[]") & set(rest):
        whole = f"{left} {rest.rstrip(',')} {right}" if left == "{" else f"{left}{rest}{right}"
        suggestion = failure.written(opening.line, whole, suggestion)
    return Mistake("DS106", opening, message, suggestion)


_ENTRY = r"\s*(?:- +)*"
_NO_SPACE = re.compile(rf"(?P<before>{_ENTRY})(?P<key>[\w.-]+):(?P<value>[^\s:]\S*.*)")
_EQUALS = re.compile(rf"(?P<before>{_ENTRY})(?:export +)?(?P<key>[\w.-]+)\s*=\s*(?P<value>.*)")
_TWO_WORDS = re.compile(rf"(?P<before>{_ENTRY})(?P<key>[a-zA-Z]\w*) +(?P<value>[^\s:][^:]*)")


def _key_without_colon(failure: Failure) -> Mistake | None:
    """Find the line that has no colon with a space, which the parser took for a longer key."""
    if "could not find expected ':'" in failure.words:
        number = failure.beginning.line if failure.beginning else failure.place.line
    elif "mapping values are not allowed" in failure.words and not _second_colon(failure):
        number = failure.above(failure.place.line) or failure.place.line
    else:
        return None
    line = failure.line(number)
    if re.match(r"\s*//", line):
        place = Position(number, line.index("//") + 1, 2)
        return Mistake("DS106", place, "a comment begins with # in YAML", "# instead of //")
    deeper = (
        _column(failure.line(failure.place.line)) > _column(line) and number < failure.place.line
    )
    is_bare = bool(re.fullmatch(r"[\w.-]+(:[\w-]+)?", line.strip()))
    is_section = line.strip().rpartition(":")[2] in _SECTIONS
    if is_bare and (deeper or ":" not in line or is_section):
        place = Position(number, _column(line) + 1, len(line.strip()))
        suggestion = f"{line.strip()}:" if is_section else "key: value"
        suggestion = failure.written(number, f"{line.strip()}:", suggestion)
        return Mistake("DS106", place, "a key has no colon after it", suggestion)
    if re.match(rf"{_ENTRY}[\w.:-]+:(\s|$)", line):
        return _too_deep(failure, number) if deeper else None
    for form, message in _SEPARATORS:
        if found := form.fullmatch(line.rstrip()):
            key, value = found["key"], found["value"].strip()
            place = Position(number, found.end("before") + 1, len(found[0]) - found.end("before"))
            harmless = f'{key}: "{value}"' if is_switch(value) else f"{key}: value"
            suggestion = failure.written(number, f"{key}: {value}", harmless)
            return Mistake("DS106", place, message, suggestion)
    place = Position(number, _column(line) + 1, max(len(line.strip()), 1))
    return Mistake("DS106", place, "a key has no colon after it", "key: value")


_SECTIONS = frozenset(keys_of(Environment))

_SEPARATORS = (
    (_NO_SPACE, "a space is missing after the colon"),
    (_EQUALS, "a key and its value are separated by a colon and a space, not by ="),
    (_TWO_WORDS, "a key has no colon after it"),
)
"""The form of a line without a colon and a space -> what is wrong with it."""


def _second_colon(failure: Failure) -> re.Match[str] | None:
    """Return the key and value on the line before the colon where the parser stopped."""
    place = failure.place
    before = failure.line(place.line)[: place.column - 1]
    return re.match(rf"{_ENTRY}[\w.:\"'-]+:\s+(?=\S)", before)


def _colon_in_a_value(failure: Failure) -> Mistake | None:
    """Find a value that contains a colon and a space."""
    found = _second_colon(failure)
    if "mapping values are not allowed" not in failure.words or found is None:
        return None
    message = "a value that contains a colon and a space must be in quotes"
    return _unquoted(failure, Position(failure.place.line, found.end() + 1), "DS106", message)


_PULUMIS_OWN = re.compile(r"(encryptionsalt|encryptedkey|secretsprovider)\s*:\s+\S")
_KEY = re.compile(r"\s*(?P<key>[\w.-]+(:[\w.-]+)*)")


def _after_config(failure: Failure) -> Mistake | None:
    """Find a section below one of Pulumi's own keys, at which `config` ends."""
    number = failure.place.line
    above = failure.above(number)
    key = _KEY.match(failure.line(number))
    ending = _PULUMIS_OWN.match(failure.line(above)) if above else None
    if above is None or ending is None or key is None or not key.start("key"):
        return None
    if not any(each.startswith("config:") for each in failure.lines.lines[:above]):
        return None
    place = Position(number, key.start("key") + 1, len(key["key"]))
    message = f"config ends above {ending[1]}, so this line is outside config"
    return Mistake("DS106", place, message, f"{ending[1]} below all lines of config")


def _too_deep(failure: Failure, above: int) -> Mistake:
    """Return the mistake of a line below a key that has a value already."""
    line = failure.line(failure.place.line)
    column = _column(line)
    place = Position(failure.place.line, column + 1, failure.place.column - 1 - column)
    wanted = _column(failure.line(above))
    message = (
        f"this line has {_spaces(column)} before it, {column - wanted} more than the line above"
    )
    return Mistake("DS106", place, message, f"{_spaces(wanted)} before it")


def _indentation(failure: Failure) -> Mistake | None:
    """Find a line whose indentation is that of no line above."""
    place = failure.place
    line = failure.line(place.line)
    column = _column(line)
    if "expected <block end>" not in failure.words or column != place.column - 1:
        return None
    levels = _levels(failure, place.line)
    near = min(levels, key=lambda each: abs(each - column), default=None)
    message = f"this line has {_spaces(column)} before it, unlike any line above"
    suggestion = f"{_spaces(near)} before it" if near is not None else "the spaces of a line above"
    word = re.match(r"[^\s:]*", line[column:])
    width = max(len(word[0]) if word else 1, 1)
    return Mistake("DS106", place._replace(width=width), message, suggestion)


def _levels(failure: Failure, number: int) -> list[int]:
    """Return the indentations that a line may have, by the lines above it."""
    levels: list[int] = []
    lowest = None
    for each in range(number - 1, 0, -1):
        line = failure.line(each)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        column = _column(line)
        if lowest is None or column < lowest:
            levels.append(column)
            lowest = column
    return levels


def _list_beside_key(failure: Failure) -> Mistake | None:
    if "sequence entries are not allowed" not in failure.words:
        return None
    message = "a list cannot begin on the line of its key"
    return Mistake("DS106", failure.place, message, "the entry on the next line")


def _end_of_the_document(failure: Failure) -> Mistake | None:
    if "expected '<document start>'" not in failure.words:
        return None
    message = "the keys at the top end above this line: it is indented less than the first line"
    if _column(failure.line(failure.place.line)) >= failure.place.column:
        message = "the value of the whole file ends before this"
    return Mistake("DS106", failure.place, message, "all keys of one level in the same column")


def _closing_bracket(failure: Failure) -> Mistake | None:
    place = failure.place
    letter = failure.line(place.line)[place.column - 1 : place.column]
    if "expected <block end>" not in failure.words or letter not in ("}", "]", ","):
        return None
    message = f"{letter} closes nothing here"
    if letter == ",":
        message = "a comma separates entries only in [ ] and { }"
    return Mistake("DS106", place, message, f"the line without this {letter}")


def _column(line: str) -> int:
    """Return the column of a line's first character, from 0."""
    return len(line) - len(line.lstrip(" \t"))


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count or 'no'} spaces"


_MISTAKES: tuple[Callable[[Failure], Mistake | None], ...] = (
    _merge_conflict,
    _tab,
    _open_quote,
    _invisible,
    _alias,
    _not_a_beginning,
    _escape,
    _text_after_a_value,
    _open_bracket,
    _after_config,
    _colon_in_a_value,
    _key_without_colon,
    _closing_bracket,
    _indentation,
    _list_beside_key,
    _end_of_the_document,
)
"""Functions that each find one mistake, the most certain first."""
