"""Answers browsers: the page, the start of a session, and what a session may read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Found
from localheroku.auth import current_account
from localheroku.core.errors import EndpointNotFoundError
from localheroku.dashboard.errors import NotShownError, OtherSiteError, SessionError
from localheroku.dashboard.session import SESSION_SECONDS, SessionKeys
from localheroku.http import redacted_path
from localheroku.platform import Platform
from localheroku.server import streams

HEADER = "Dynostack-Session"
"""Marks a call of the page's script; a page of another origin cannot send it.

https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#preflighted_requests
"""
HOME = "/"
PREFIX = "/_page/"
SESSION_PATH = f"{PREFIX}enter"
CALLS = "/_local/requests"
LOG = f"{streams.PREFIX}log"
HEARTBEAT_SECONDS = 15.0
"""Seconds after which a follower gets a comment; only sending shows that a client has left."""

READABLE_ENDPOINTS = frozenset(
    {
        "GET /account",
        "GET /apps",
        "GET /apps/{app}/addons",
        "GET /apps/{app}/config-vars",
        "GET /apps/{app}/dynos",
        "GET /apps/{app}/releases",
        "GET /_local/apps/{app}/access",
        "GET /_local/apps/{app}/config-var-names",
        "GET /_local/faults",
        "POST /apps/{app}/log-sessions",
    }
)
"""All endpoints that a session may call; none of them creates or shows keys."""

FOLDER = Path(__file__).with_name("assets")
ASSETS = {
    HOME: ("page.html", "text/html"),
    f"{PREFIX}page.css": ("page.css", "text/css"),
    f"{PREFIX}page.js": ("page.js", "text/javascript"),
}
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
}
"""Allows nothing from or to other sites, no frames, and no text that becomes a script."""

Perform = Callable[[web.Request, dict[str, str], Found | None], Awaitable[web.Response]]


def matches(request: web.Request) -> bool:
    """Return whether a browser requests the page, or the page requests what it shows."""
    if HEADER in request.headers:
        return True
    if request.method not in ("GET", "HEAD"):
        return False
    wants_page = request.path == HOME and "text/html" in request.headers.get("Accept", "")
    return wants_page or request.path.startswith(PREFIX)


async def answer(
    platform: Platform,
    request: web.Request,
    headers: dict[str, str],
    found: Found | None,
    perform: Perform,
) -> web.StreamResponse:
    """Answer a request that concerns the page.

    Raises:
        ApiError: the request is refused.
    """
    headers.update(SECURITY_HEADERS)
    if HEADER in request.headers:
        return await _read(platform, request, headers, found, perform)
    if request.path == SESSION_PATH:
        return _open_session(platform, request, headers)
    if request.path not in ASSETS:
        raise EndpointNotFoundError(method=request.method, path=request[redacted_path.PATH])
    name, kind = ASSETS[request.path]
    return web.Response(text=_asset(name), content_type=kind, charset="utf-8", headers=headers)


async def _read(
    platform: Platform,
    request: web.Request,
    headers: dict[str, str],
    found: Found | None,
    perform: Perform,
) -> web.StreamResponse:
    _require_session(platform, request)
    action = (request.method, request.path)
    if action == ("GET", CALLS):
        return await streams.send(request, headers, _request_events(platform), streams.EVENTS)
    if action == ("GET", LOG):
        return await streams.handle(platform, request, headers)
    if found is None or found[0].name not in READABLE_ENDPOINTS:
        raise NotShownError(method=request.method, path=request[redacted_path.PATH])
    with current_account.calling(accounts.known(platform, platform.settings.account)):
        return await perform(request, headers, found)


def _require_session(platform: Platform, request: web.Request) -> None:
    """Check the request's session.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Sec-Fetch-Site

    Raises:
        OtherSiteError: a page of another site sent the request.
        SessionError: the session is unknown or has ended.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise OtherSiteError
    cookie = request.cookies.get(_cookie(platform), "")
    if not platform.dashboard.sessions.is_open(SessionKeys(cookie, request.headers[HEADER])):
        raise SessionError


def _open_session(
    platform: Platform, request: web.Request, headers: dict[str, str]
) -> web.StreamResponse:
    """Open a session if the address has a valid code, and remove the code from the address."""
    keys = platform.dashboard.sessions.open(request.query.get("code", ""))
    if keys is None:
        return web.Response(status=303, headers={**headers, "Location": HOME})
    location = f"{HOME}#session={quote(keys.header)}"
    response = web.Response(status=303, headers={**headers, "Location": location})
    response.set_cookie(
        _cookie(platform),
        keys.cookie,
        max_age=int(SESSION_SECONDS),
        httponly=True,
        samesite="Strict",
    )
    return response


def _cookie(platform: Platform) -> str:
    """Return this local Heroku's own cookie name, as browsers share cookies between ports."""
    return f"dynostack-{platform.settings.port}"


async def _request_events(platform: Platform) -> AsyncIterator[bytes]:
    async for line in platform.dashboard.feed.follow(HEARTBEAT_SECONDS):
        yield f"data: {json.dumps(line)}\n\n".encode() if line else b":\n\n"


@cache
def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
