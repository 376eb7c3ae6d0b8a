"""Decisions about which values of a file a message may show, and masking of the others."""

import re
from collections.abc import Iterator
from itertools import takewhile

from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.secret_detection import (
    HIDDEN,
    format_of,
    has_password,
    is_secret_name,
    is_switch,
)
from dynostack.environment.diagnostics.yaml_tree import SourceSpan

PUBLIC = {
    "ALLOWED_HOSTS": re.compile(r"[\w.*,: -]+"),
    "SETTINGS_MODULE": re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+"),
}
"""Ends of the names of config vars that are not secret -> the format of their values."""

_SHORT_NUMBER = re.compile(r"[-+]?[\w.]{1,5}", re.ASCII)
"""A number that is too short to be a secret."""


def is_named_as_secret(path: Path, span: SourceSpan) -> bool:
    """Return whether a text has a secret's name, such as a password in a project's own section."""
    return span.kind == "text" and bool(path) and is_secret_name(str(path[-1]))


def is_public(path: Path, span: SourceSpan) -> bool:
    """Return whether the value of a config var or similar key may be shown."""
    if path[1:2] == ("configVars",) and len(path) > 2 and span.kind == "text":
        for end, form in PUBLIC.items():
            if str(path[2]).endswith(end) and form.fullmatch(span.text):
                return not format_of(span.text)
    return _is_plain(span) and not is_secret_name(str(path[-1]))


def is_harmless(found: Finding, span: SourceSpan) -> bool:
    """Return whether the value of an unknown key may be shown.

    It may be shown if the key is a misspelled known key whose values are not secret, because the
    value would also be shown under the correct key.
    """
    key = str(found.path[-1])
    if is_secret_name(key):
        return False
    if _is_plain(span):
        return True
    if span.kind != "text" or not found.near or HIDDEN.intersection(_meant(found)):
        return False
    one_line = span.key is not None and span.until[0] == span.key.line
    return one_line and not has_password(span.text) and not format_of(span.text)


def hidden_ranges(
    number: int, path: Path, span: SourceSpan
) -> Iterator[tuple[int | None, int | None]]:
    """Yield the parts of a line that a value's key and the value take, from and to an index.

    None stands for the line's first character that is not a space, and for its end.
    """
    key, last_part = span.key, path[-1]
    if key and key.line == number and isinstance(last_part, str) and HIDDEN & {*path[:-1]}:
        yield key.column - 1 + len(name(last_part)), key.column - 1 + key.width
    last, end = span.until
    if span.kind in {"keys", "list", "empty"} or not span.value.line <= number <= last:
        return
    start = span.value.column - 1 if number == span.value.line else None
    yield start, end - 1 if number == last else None


def name(key: str) -> str:
    """Return the part of a key that can be shown as its name.

    The rest may be a value if someone forgot the space after the colon.
    """
    return "".join(takewhile(lambda letter: letter.isalnum() or letter in "_-.", key))


def _is_plain(span: SourceSpan) -> bool:
    """Return whether a value is a date or a short number, or only turns something on or off."""
    if span.kind == "text":
        return is_switch(span.text)
    return span.kind in {"boolean", "date"} or (
        span.kind == "number" and bool(_SHORT_NUMBER.fullmatch(span.text))
    )


def _meant(found: Finding) -> set[str]:
    return {each.rpartition(":")[2] for each in found.near}
