"""Passes requests to the dispatcher of the running instance; holds them while it restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localheroku import control
from localheroku.core.errors import ApiError

if TYPE_CHECKING:
    from localheroku.server.dispatch import Dispatcher

DRAIN_SECONDS = 3.0
"""How long running requests may take to end when the gate closes."""


class RequestGate:
    """Holds requests until it is opened.

    If it is open without a dispatcher, as the last restart failed, each request calls `restart`,
    which opens the gate with a new dispatcher or raises ApiError.
    """

    def __init__(self, restart: Callable[[], Awaitable[None]]) -> None:
        self._restart = restart
        self._opened = asyncio.Event()
        self._task_ended = asyncio.Event()
        self._dispatcher: Dispatcher | None = None
        self._active: set[asyncio.Task[Any] | None] = set()

    def open(self, dispatcher: Dispatcher) -> None:
        """Pass the waiting and all later requests to this dispatcher."""
        self._dispatcher = dispatcher
        self._opened.set()

    def reopen(self) -> None:
        """Stop holding requests; without a new dispatcher they get the error of the restart."""
        self._opened.set()

    @property
    def has_dispatcher(self) -> bool:
        """Whether an instance answers behind the gate."""
        return self._dispatcher is not None

    async def close(self) -> None:
        """Hold new requests, wait for the running ones and cancel those that take too long.

        Requests of the control API continue: one of them has requested the restart.
        """
        self._opened.clear()
        await self._wait_until_idle()
        for task in self._active:
            if task:
                task.cancel()
        await self._wait_until_idle()
        self._dispatcher = None

    async def _wait_until_idle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._active:
                    self._task_ended.clear()
                    await self._task_ended.wait()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        while not self._opened.is_set():
            await self._opened.wait()
        if self._dispatcher is None:
            return await self._handle_without_dispatcher(request)
        if request.path.startswith(control.PREFIX):
            return await self._dispatcher.handle(request)
        task = asyncio.current_task()
        self._active.add(task)
        try:
            return await self._dispatcher.handle(request)
        finally:
            self._active.discard(task)
            self._task_ended.set()

    async def _handle_without_dispatcher(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._restart()
        except ApiError as error:
            return web.json_response(error.document(), status=error.status)
        return await self.handle(request)
