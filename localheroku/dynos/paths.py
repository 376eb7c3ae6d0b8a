"""Paths from untrusted sources."""

from __future__ import annotations

import os

MAX_CHARACTERS = 200


def printable(path: str | bytes) -> str:
    """Return a path in printable form: one line, without control characters, cut off."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}..."
