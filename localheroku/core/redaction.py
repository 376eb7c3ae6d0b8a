"""Removes secrets from paths, URLs and texts."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

HIDDEN = "[hidden]"

URL_IN_PATH = re.compile(":/|%")
"""Marks a URL in a decoded path, or something still encoded in it."""

KEY_PREFIX = "HRKU-"
"""The prefix of Heroku's API keys."""
KEY = re.compile(rf"{KEY_PREFIX}[^/\s\"]*", re.IGNORECASE)


def redact_path(path: str) -> str:
    """Return a path without keys, cut off at a URL, any part of which may be secret."""
    found = URL_IN_PATH.search(path)
    if found:
        path = f"{path[: path.rfind('/', 0, found.start()) + 1]}{HIDDEN}"
    return redact_keys(path)


def redact_keys(text: str) -> str:
    return KEY.sub(HIDDEN, text) if KEY_PREFIX.lower() in text.lower() else text


def redact_url(text: str) -> str:
    """Return scheme and host of a URL; the rest may be secret."""
    found = split_url(text)
    if found is None:
        return HIDDEN
    host = found.netloc.rpartition("@")[2]
    return f"{found.scheme}://{host}/"


def split_url(text: str) -> SplitResult | None:
    """Return the parts of a URL that names a host; None for any other text."""
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return None
    return found if found.hostname else None
