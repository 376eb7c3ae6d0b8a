"""Finds the host that a request is for, and refuses requests from pages of another origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from localheroku.core import redaction
from localheroku.core.errors import ForeignOriginError

API_HOSTS = ("127.0.0.1", "localhost")


def host_name(header: str) -> str:
    """Return the name in a `Host` header without its port; empty if missing.  RFC 3986 3.2.2."""
    if not header.isascii():
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def refuse_foreign(request: web.Request) -> None:
    """Refuse a request that a browser sends for another site's page.

    A browser automatically adds a password that a user once entered, so a valid key does not show
    that the user wants the request.
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Origin

    Raises:
        ForeignOriginError: the request has another origin.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return
    origin_url, own_url = redaction.split_url(origin), request.url
    if (
        origin_url is None
        or origin_url.hostname not in API_HOSTS
        or (origin_url.scheme, origin_url.port) != (own_url.scheme, own_url.explicit_port)
    ):
        raise ForeignOriginError(origin=origin)
