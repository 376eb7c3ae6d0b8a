"""The one port: HTTP, and HTTPS for clients that write https before any host.

`heroku git:remote` is one: the address that it gives to Git is https://, with the port of the API.
A connection's first byte tells which of the two it is.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio import BaseTransport, StreamReader, StreamReaderProtocol, StreamWriter, Transport
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing, suppress
from typing import cast
from urllib.parse import urlsplit

from aiohttp import web

from localheroku.http import runner

HANDSHAKE = 0x16
"""What TLS begins with and no method of HTTP does.  RFC 8446 section 5.1"""
MAJOR_VERSION = 3
HEAD_BYTES = 5
LONGEST_RECORD = 1 << 14
"""Of what follows the head of a record of TLS.  RFC 8446 section 5.1"""
PATIENCE_SECONDS = 10.0
"""How long one who speaks TLS may take for the first record, and wait for others to leave."""
MOST_PASSING = 256
"""Connections over HTTPS at once: each takes a third of a mebibyte, used or not."""
CHUNK_BYTES = 1 << 16

Address = Callable[[], Awaitable[str]]


class Front:
    """Connections to a socket; `secure` tells the address of the site that speaks HTTPS."""

    def __init__(self, served: web.AppRunner, secure: Address) -> None:
        self._runner = served
        self._secure = secure
        self._server: asyncio.Server | None = None
        self._strangers: dict[Transport, asyncio.TimerHandle] = {}
        self._passing: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(MOST_PASSING)

    async def open(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Stranger(self), sock=listener)

    async def close(self) -> None:
        """Take no more connections; end those that have none to talk to, then all."""
        if self._server:
            self._server.close()
        for transport in list(self._strangers):
            self.left(transport)
            transport.close()
        await self._runner.cleanup()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def came(self, transport: Transport) -> None:
        """Somebody connected who may keep silent as long as who begins to speak HTTP."""
        loop = asyncio.get_running_loop()
        self._strangers[transport] = loop.call_later(runner.HEAD_SECONDS, transport.close)

    def left(self, transport: Transport) -> None:
        if timer := self._strangers.pop(transport, None):
            timer.cancel()

    def spoke(self, transport: Transport, first: bytes) -> None:
        """Somebody begins to speak HTTP or TLS."""
        self.left(transport)
        if first[0] == HANDSHAKE:
            task = asyncio.create_task(self._pass_on(*_streams(transport, first)))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)
            return
        protocol = cast("Callable[[], asyncio.Protocol]", self._runner.server)()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(first)

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with AsyncExitStack() as stack:
            stack.enter_context(closing(writer))
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    first = await _record(reader)
                    await stack.enter_async_context(self._places)
            except (TimeoutError, EOFError, ConnectionError):
                return
            if first:
                await self._join(first, reader, writer)

    async def _join(self, first: bytes, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            place = urlsplit(await self._secure())
        except OSError as error:
            logging.getLogger(__name__).error("HTTPS is not served: %s", error)
            return
        inner_reader, inner_writer = await asyncio.open_connection(place.hostname, place.port)
        with closing(inner_writer):
            inner_writer.write(first)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))


class Stranger(asyncio.Protocol):
    """A connection that has not spoken yet."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._transport: Transport | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        self._transport = cast(Transport, transport)
        self._front.came(self._transport)

    def connection_lost(self, _: Exception | None) -> None:
        if self._transport:
            self._front.left(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._transport:
            self._front.spoke(self._transport, data)


def _streams(transport: Transport, first: bytes) -> tuple[StreamReader, StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = StreamReader()
    protocol = StreamReaderProtocol(reader)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    reader.feed_data(first)
    return reader, StreamWriter(transport, protocol, reader, loop)


async def _record(reader: StreamReader) -> bytes:
    """The first record whole, empty when it is none.  Raises EOFError when it breaks off.

    Only then there is somebody for whom it is worth to begin with TLS.
    """
    head = await reader.readexactly(HEAD_BYTES)
    length = int.from_bytes(head[3:])
    if head[1] != MAJOR_VERSION or not 0 < length <= LONGEST_RECORD:
        return b""
    return head + await reader.readexactly(length)


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    """All that comes; then the other side is told that nothing more does."""
    with suppress(ConnectionError):
        try:
            while chunk := await source.read(CHUNK_BYTES):
                target.write(chunk)
                await target.drain()
        finally:
            target.close()
