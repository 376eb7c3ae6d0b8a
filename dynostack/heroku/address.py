"""Addresses as people write them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def parts(text: str) -> SplitResult | None:
    """Those of an address that names a host; None when the text is no such address."""
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return None
    return found if found.hostname else None
