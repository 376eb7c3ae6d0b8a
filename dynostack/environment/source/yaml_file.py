"""Parsing of an environment's file: encoding, size and YAML syntax."""

import re
from dataclasses import dataclass

import yaml

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.yaml_tree import Tree

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks in YAML 1.1."""


MOST_BYTES = 256 * 1024
"""Maximum size of a file: four times the size limit of an app's config vars."""


class NotYaml(Exception):
    """The file cannot be parsed.  Holds the reason, what to write, and the place if it is known."""

    def __init__(
        self, code: str, message: str, suggestion: str, place: Position | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.suggestion, self.place = code, message, suggestion, place


@dataclass(frozen=True)
class Document:
    """The lines of a file and the values in it."""

    lines: list[str]
    tree: Tree


def read(data: bytes) -> Document:
    """Parse a file.

    Args:
        data: the file's bytes; for a larger file, the first MOST_BYTES + 1 are enough.

    Raises:
        NotYaml: if the file is not YAML, is too large, or is empty.
    """
    if len(data) > MOST_BYTES:
        message = f"the file has more than {MOST_BYTES:,} bytes"
        raise NotYaml("DS109", message, "only the environment; large values belong in the app")
    text = _text(data)
    lines = _BREAK.split(text)
    try:
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            raise NotYaml("DS105", "the file is empty", "config: and the sections under it")
        return Document(lines, Tree.of(root))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, lines) from None
    except yaml.reader.ReaderError as error:
        raise _not_a_character(error.position, text) from None
    except RecursionError:
        raise NotYaml("DS109", "keys and lists are nested too deeply", "fewer levels") from None


class _Loader(yaml.SafeLoader):
    """A YAML loader that rejects aliases.

    Each value is written where it is used, and a file cannot expand beyond its size.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            place = Position(mark.line + 1, mark.column + 1)
            raise NotYaml("DS108", "YAML aliases are not allowed", "the value itself", place)
        return super().compose_node(parent, index)


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        message = "the file begins with a byte order mark"
        raise NotYaml(
            "DS103", message, "the same text as UTF-8 without a byte order mark", Position(1, 1)
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = "the file is not UTF-8 text"
        raise NotYaml("DS103", message, "the file as UTF-8 text", _end_of(before)) from None


def _not_a_character(position: int, text: str) -> NotYaml:
    message = f"the character U+{ord(text[position]):04X} is not allowed in YAML"
    return NotYaml("DS104", message, "the line without this character", _end_of(text[:position]))


def _end_of(text: str) -> Position:
    lines = _BREAK.split(text)
    return Position(len(lines), len(lines[-1]) + 1)


_TAB = ("DS107", "a tab is used where YAML requires spaces", "two spaces for each level")
_WORDS = {
    "scanning an alias": ("DS108", "* begins an alias in YAML", "the value in quotes"),
    "scanning an anchor": ("DS108", "& begins an anchor in YAML", "the value in quotes"),
    "mapping values are not allowed": (
        "DS106",
        "a colon is not allowed here",
        "the value in quotes",
    ),
    "could not find expected ':'": ("DS106", "a key has no colon after it", "key: value"),
    "but found another document": (
        "DS106",
        "a second document begins here",
        "one document per file",
    ),
    "found unexpected end of stream": (
        "DS106",
        "a quote is not closed",
        "the closing quote",
    ),
    "expected ',' or": ("DS106", "a bracket is not closed", "the closing bracket"),
    "expected <block end>": (
        "DS106",
        "this line is not indented like any line above it",
        "all keys of one level in the same column",
    ),
    "cannot start any token": (
        "DS106",
        "a value cannot start with this character",
        "the value in quotes",
    ),
}
"""Part of the parser's message -> code, message, suggestion."""


def _not_yaml(error: yaml.MarkedYAMLError, lines: list[str]) -> NotYaml:
    mark = error.problem_mark or error.context_mark
    place = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
    if place.line > len(lines):
        place = Position(len(lines), len(lines[-1]) + 1)
    words = (
        "DS106",
        "the text is not valid YAML from here on",
        "key: value, two spaces for each level",
    )
    line = lines[place.line - 1]
    if re.match(r"\s*\t", line) or line[place.column - 1 : place.column] == "\t":
        words = _TAB
    else:
        message = f"{error.context} {error.problem}"
        words = next((said for part, said in _WORDS.items() if part in message), words)
    return NotYaml(*words, place)
