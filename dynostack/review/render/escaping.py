"""Escapes text from outside (names, values, errors), so that it stays text wherever it appears."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(
    r"[(\"']*(?:[+-]?\$?[A-Za-z0-9][A-Za-z0-9,'%-]*(?:\.\d+)?|[\u2013\u2014\u2192\u00b1])[.,;:!?)\"']*"
    r"|[.,;:!?()\"']+"
)
_REFERENCE = re.compile(r"GH-\d.*|[0-9a-f]{7,}\W*|\d+[.)]", re.IGNORECASE)
"""Words of plain characters that GitHub or GitLab reads as an issue, a commit or a list."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\x1b"}


def visible(text: str) -> str:
    """Return the text as one line in which every character is visible.

    Control characters, characters without width and those that change the writing direction are
    written as escapes.
    """
    if text.isprintable():
        return text
    return "".join(_visible(each) for each in text)


def visible_lines(text: str) -> str:
    """Return the text with every character visible, and its line breaks kept."""
    return "\n".join(map(visible, text.splitlines()))


def is_inert(text: str) -> bool:
    """Return whether Markdown, and the host that renders it, see nothing but words in a text."""
    words = filter(None, text.split(" "))
    return all(_WORD.fullmatch(word) and not _REFERENCE.fullmatch(word) for word in words)


def fence(text: str, shortest: int) -> str:
    """Return a run of backticks that is longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(shortest, longest + 1)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    return _ESCAPES.get(character) or f"\\u{{{ord(character):x}}}"
