"""Parsing of an environment's file: encoding, size and YAML syntax."""

import re
from typing import NamedTuple

import yaml

from dynostack.environment.diagnostics.characters import name_of
from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.yaml_tree import Tree
from dynostack.environment.source.yaml_composer import SecondDocument, TooDeep, compose

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks in YAML 1.1."""

MOST_BYTES = 256 * 1024
"""Maximum size of a file: four times the size limit of an app's config vars."""

_MARK = "\ufeff"
"""A byte order mark, which YAML allows only at the beginning of a file.
https://yaml.org/spec/1.2.2/#52-character-encodings"""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of UTF-16."""


class NotYaml(Exception):
    """The file cannot be parsed.

    Holds the reason, what to write, and the place and its line if they are known.
    """

    def __init__(
        self,
        code: str,
        message: str,
        suggestion: str,
        place: Position | None = None,
        source: str = "",
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.suggestion = code, message, suggestion
        self.place, self.source = place, source
        """The line at the place, with what may be a secret masked."""


class Document(NamedTuple):
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
    if (index := text.find(_MARK)) >= 0:
        raise _not_allowed(text, index)
    try:
        tree = compose(text)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text) from None
    if tree is None:
        raise NotYaml("DS105", "the file is empty", "config: and the sections under it")
    return Document(_lines(text), tree)


def _not_yaml(error: yaml.YAMLError, text: str) -> NotYaml:
    """Return the error with a place and a message that help to find the mistake."""
    if isinstance(error, TooDeep):
        return NotYaml("DS109", "keys and lists are nested too deeply", "fewer levels")
    if isinstance(error, SecondDocument):
        message = "a second document begins here"
        return _shown(text, "DS106", message, "one document per file", error.place)
    if isinstance(error, yaml.reader.ReaderError):
        return _not_allowed(text, error.position)
    # Imported late: most files are valid.
    from dynostack.environment.source.syntax_errors import mistake

    found = mistake(error, text, _lines(text))
    return _shown(text, found.code, found.message, found.suggestion, found.place)


def _not_allowed(text: str, index: int) -> NotYaml:
    message = f"this character is not allowed in YAML: {name_of(text[index])}"
    suggestion = "the line without this character"
    return _shown(text, "DS104", message, suggestion, _end_of(text[:index]))


def _shown(text: str, code: str, message: str, suggestion: str, place: Position) -> NotYaml:
    """Return the error with the line at its place."""
    from dynostack.environment.source.unparsed_lines import UnparsedLines

    source = UnparsedLines(_lines(text)).shown(place.line)
    within = place._replace(column=min(place.column, len(source) + 1))
    return NotYaml(code, message, suggestion, within, source)


def _lines(text: str) -> list[str]:
    is_plain = text.isascii() and "\r" not in text
    return text.split("\n") if is_plain else _BREAK.split(text)


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        message = "the file begins with a byte order mark"
        raise NotYaml(
            "DS103", message, "the same text as UTF-8 without a byte order mark", Position(1, 1)
        )
    if data.startswith(_UTF_16):
        raise NotYaml("DS103", "the file is UTF-16 text", "the file as UTF-8 text", Position(1, 1))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        byte = data[error.start]
        message = f"the file is not UTF-8 text: the byte 0x{byte:02X} begins no character here"
        raise _shown(
            data.decode("utf-8", errors="replace"),
            "DS103",
            message,
            "the file as UTF-8 text",
            _end_of(before),
        ) from None


def _end_of(text: str) -> Position:
    lines = _lines(text)
    return Position(len(lines), len(lines[-1]) + 1)
