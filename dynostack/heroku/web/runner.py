"""What serves HTTP, with one handler for every request."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

SHUTDOWN_SECONDS = 3.0
"""How long calls that still run may take once the server is told to stop."""

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def started(handle: Handle) -> web.AppRunner:
    """One that listens nowhere yet."""
    application = web.Application(client_max_size=0)
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=_log(),
        shutdown_timeout=SHUTDOWN_SECONDS,
        # A compressed body is the app's, or Git's, as it is.
        auto_decompress=False,
    )
    await runner.setup()
    return runner


def _log() -> logging.Logger:
    log = logging.getLogger(__name__)
    log.addFilter(_without_what_was_said)
    return log


def _without_what_was_said(record: logging.LogRecord) -> bool:
    """Bytes that are no HTTP are not quoted: an API key may be among them."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args, record.exc_info = "What is no HTTP was refused", (), None
    return True
