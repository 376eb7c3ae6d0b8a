"""The local Heroku over HTTPS, for clients that download only from HTTPS addresses.

`heroku pg:backups:download` is one. The certificate is the local Heroku's own; `dynostack env`
makes Node.js trust it, and nothing else does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import cast

from aiohttp import web

from localheroku.core import certificate
from localheroku.http import runner
from localheroku.http.runner import Handle

HOST = "127.0.0.1"
HANDSHAKE_SECONDS = 10.0


class HttpsSite:
    """Listens on a free port, from the first time that its address is needed."""

    def __init__(self, pem: Path, handle: Handle) -> None:
        self._pem = pem
        self._handle = handle
        self._lock = asyncio.Lock()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    async def address(self) -> str:
        """Return the site's address, such as https://127.0.0.1:41234."""
        async with self._lock:
            listening = self._server or await self._start()
        return f"https://{HOST}:{listening.sockets[0].getsockname()[1]}"

    def ssl_context(self) -> ssl.SSLContext:
        """Return a context that trusts public sites and this one."""
        context = ssl.create_default_context()
        context.load_verify_locations(certificate.ensured(self._pem))
        return context

    async def close(self) -> None:
        if self._server:
            self._server.close()
        if self._runner:
            await self._runner.cleanup()

    async def _start(self) -> asyncio.Server:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.ensured(self._pem))
        self._runner = await runner.start(self._handle)
        self._server = await asyncio.get_running_loop().create_server(
            cast("Callable[[], asyncio.Protocol]", self._runner.server),
            *(HOST, 0),
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
        )
        return self._server
