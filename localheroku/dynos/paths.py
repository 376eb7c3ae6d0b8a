"""Paths that strangers chose."""

from __future__ import annotations

import os

SHOWN_CHARACTERS = 200


def shown(path: str | bytes) -> str:
    """Return a path as it can be printed: on one line, without control characters, cut off."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    printable = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return printable if len(printable) <= SHOWN_CHARACTERS else f"{printable[:SHOWN_CHARACTERS]}..."
