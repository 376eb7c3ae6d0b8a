"""Addresses as people write them, and what may not be told of them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

HIDDEN = "[hidden]"

IN_PATH = re.compile(":/|%")
"""What an address in a decoded path has, and what is still encoded in it."""

KEY_PREFIX = "HRKU-"
"""What the keys begin with that Heroku gives out."""
KEY = re.compile(rf"{KEY_PREFIX}[^/\s\"]*", re.IGNORECASE)


def hidden_in(path: str) -> str:
    """A path without keys, and up to the name in it that is an address: any part of that may be a
    secret.
    """
    found = IN_PATH.search(path)
    if found:
        path = f"{path[: path.rfind('/', 0, found.start()) + 1]}{HIDDEN}"
    return without_keys(path)


def without_keys(text: str) -> str:
    return KEY.sub(HIDDEN, text) if KEY_PREFIX.lower() in text.lower() else text


def origin(text: str) -> str:
    """Where an address leads to, without anything in it that may open something."""
    found = parts(text)
    if found is None:
        return HIDDEN
    host = found.netloc.rpartition("@")[2]
    return f"{found.scheme}://{host}/"


def parts(text: str) -> SplitResult | None:
    """Those of an address that names a host; None when the text is no such address."""
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return None
    return found if found.hostname else None
