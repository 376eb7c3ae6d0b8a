"""Which host a request asks for, and which pages may ask: none of another origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from localheroku.core import redaction
from localheroku.core.errors import ForeignOriginError

API_HOSTS = ("127.0.0.1", "localhost")


def host_name(header: str) -> str:
    """The name in a `Host` header without its port; empty when there is none.  RFC 3986 3.2.2"""
    if not header.isascii():
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def refuse_foreign(request: web.Request) -> None:
    """Raise ForeignOriginError when a browser says that another site's page asks.

    A browser adds by itself a password that a person once gave it, so a key proves nothing here.
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Origin
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
