"""The HTTP server, with one handler for every request."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Middleware

SHUTDOWN_SECONDS = 3.0
"""How long running calls may take after the server is asked to stop."""

TUNNEL_REFUSAL = "CONNECT is not served here: send requests for an app to its own host.\n"
"""https://devcenter.heroku.com/articles/http-routing has all other methods."""
EVERYTHING = "*"
"""The target of `OPTIONS *`, which asks whether a server is there.  RFC 9110 section 9.3.7."""

CODING_REFUSAL = "The only supported transfer coding is chunked.\n"

HEAD_SECONDS = 120.0
"""Seconds for the head of a request, from the connection or the previous answer on.

It is longer than clients keep an unused connection.
"""

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def start(handle: Handle) -> web.AppRunner:
    """Start an HTTP server that listens nowhere yet."""
    runner = web.AppRunner(
        web.Application(client_max_size=0, middlewares=[_middleware(handle)]),
        access_log=None,
        logger=_log(),
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=HEAD_SECONDS,
        # A compressed body is passed on unchanged to the app or to Git.
        auto_decompress=False,
    )
    await runner.setup()
    return runner


def _middleware(handle: Handle) -> Middleware:
    """Handle every request, including those without a path, which match no route of aiohttp."""

    @web.middleware
    async def answer(request: web.Request, handler: Handle) -> web.StreamResponse:  # noqa: ARG001 - aiohttp requires it
        if request.method == hdrs.METH_CONNECT:
            return web.Response(text=TUNNEL_REFUSAL, status=501)
        if _is_coded(request):
            refusal = web.Response(text=CODING_REFUSAL, status=501)
            refusal.force_close()
            return refusal
        if request.raw_path == EVERYTHING:
            return web.Response(status=204)
        return await handle(request)

    return answer


def _is_coded(request: web.Request) -> bool:
    """Return whether the body has a transfer coding other than chunked.  RFC 9112 section 6.1."""
    codings = ",".join(request.headers.getall(hdrs.TRANSFER_ENCODING, [])).lower().split(",")
    return not {coding.strip() for coding in codings} <= {"", "chunked"}


def _log() -> logging.Logger:
    log = logging.getLogger(__name__)
    log.addFilter(_omit_request_bytes)
    return log


def _omit_request_bytes(record: logging.LogRecord) -> bool:
    """Leave out the bytes of malformed HTTP, as they may contain an API key."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args, record.exc_info = "rejected a malformed HTTP request", (), None
    return True
