"""Which addresses are local, which are safe to read from, and which proxy an address needs."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_local(address: str) -> bool:
    """Return whether an address is on this machine."""
    return urlsplit(address).hostname in LOOPBACK


def is_safe(address: str) -> bool:
    """Return whether nobody can read or change the traffic with an address in transit.

    That holds for https, and for this machine itself.
    """
    scheme = urlsplit(address).scheme
    return scheme == "https" or (scheme == "http" and is_local(address))


def proxy(address: str) -> str | None:
    """Return the proxy that the environment names for an address; None for this machine."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(address)
    if is_local(address) or proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)
