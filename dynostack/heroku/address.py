"""Addresses as people write them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

HIDDEN = "[hidden]"

IN_PATH = re.compile(":/|%")
"""What an address in a decoded path has, and what is still encoded in it."""


def hidden_in(path: str) -> str:
    """A path up to the name in it that is an address: any part of that may be a secret."""
    found = IN_PATH.search(path)
    return f"{path[: path.rfind('/', 0, found.start()) + 1]}{HIDDEN}" if found else path


def parts(text: str) -> SplitResult | None:
    """Those of an address that names a host; None when the text is no such address."""
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return None
    return found if found.hostname else None
