"""Places of syntax errors in TOML, which Python's parser gives only in its messages."""

import re
import tomllib
from collections.abc import Sequence

_PLACE = re.compile(r" \(at (line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def place_of(error: tomllib.TOMLDecodeError, lines: Sequence[str]) -> tuple[int, int]:
    """Return the line and column of an error, both from 1.

    Args:
        error: the error.
        lines: all lines of the text.
    """
    if (found := _PLACE.search(str(error))) and found["line"]:
        return int(found["line"]), int(found["column"])
    return len(lines), len(lines[-1]) + 1


def reason_of(error: tomllib.TOMLDecodeError) -> str:
    """Return the message of an error without the place."""
    return _PLACE.sub("", str(error))
