"""The way in: calls go to the server that is there, and wait while it is exchanged for another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localheroku import control
from localheroku.core.errors import ApiError

if TYPE_CHECKING:
    from localheroku.server.dispatch import Server

LEAVE_SECONDS = 3.0
"""How long calls that still run may take once the door is to be shut."""


class Door:
    """Shut at first.

    `revive` is asked for another server where there is none behind the open door; it opens the door
    again, or raises ApiError.
    """

    def __init__(self, revive: Callable[[], Awaitable[None]]) -> None:
        self._revive = revive
        self._opened = asyncio.Event()
        self._left = asyncio.Event()
        self._server: Server | None = None
        self._inside: set[asyncio.Task[Any] | None] = set()

    def open(self, server: Server) -> None:
        self._server = server
        self._opened.set()

    def reopen(self) -> None:
        """Let those who wait learn that there is no other server, if it did not start."""
        self._opened.set()

    @property
    def leads_nowhere(self) -> bool:
        return self._server is None

    async def shut(self) -> None:
        """Let nobody in, and wait for those inside; who stays too long is cut off.

        Not so those who control the local Heroku: one of them is asking for this.
        """
        self._opened.clear()
        await self._wait()
        for task in self._inside:
            if task:
                task.cancel()
        await self._wait()
        self._server = None

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                while self._inside:
                    self._left.clear()
                    await self._left.wait()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        while not self._opened.is_set():
            await self._opened.wait()
        if self._server is None:
            return await self._handle_without_server(request)
        if request.path.startswith(control.PREFIX):
            return await self._server.handle(request)
        task = asyncio.current_task()
        self._inside.add(task)
        try:
            return await self._server.handle(request)
        finally:
            self._inside.discard(task)
            self._left.set()

    async def _handle_without_server(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._revive()
        except ApiError as error:
            return web.json_response(error.document(), status=error.status)
        return await self.handle(request)
