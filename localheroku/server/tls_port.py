"""The one port: HTTP, and HTTPS for clients that use https for every host.

`heroku git:remote` is one: the address that it gives to Git is https://, with the port of the API.
The first byte of a connection shows which of the two it is.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio import BaseTransport, StreamReader, StreamReaderProtocol, StreamWriter, Transport
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from typing import cast
from urllib.parse import urlsplit

from aiohttp import web

from localheroku.core.byte_streams import copy
from localheroku.http import runner

HANDSHAKE = 0x16
"""The first byte of TLS, which starts no HTTP method.  RFC 8446 section 5.1."""
MAJOR_VERSION = 3
HEAD_BYTES = 5
LONGEST_RECORD = 1 << 14
"""Bytes after the head of a TLS record.  RFC 8446 section 5.1."""
FIRST_RECORD_SECONDS = 10.0
"""How long the first TLS record and a free slot may take together."""
MAX_TLS_CONNECTIONS = 256
"""TLS connections at a time: each takes a third of a mebibyte, used or not."""

AddressSource = Callable[[], Awaitable[str]]


class PortMultiplexer:
    """Serves HTTP and TLS on one socket; `secure` returns the address of the HTTPS site."""

    def __init__(self, app_runner: web.AppRunner, secure: AddressSource) -> None:
        self._runner = app_runner
        self._secure = secure
        self._server: asyncio.Server | None = None
        self._undecided: dict[Transport, asyncio.TimerHandle] = {}
        self._tls_tasks: set[asyncio.Task[None]] = set()
        self._tls_slots = asyncio.Semaphore(MAX_TLS_CONNECTIONS)

    async def open(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: UndecidedConnection(self), sock=listener)

    async def close(self) -> None:
        """Accept no more connections; close the undecided ones, then all."""
        if self._server:
            self._server.close()
        for transport in list(self._undecided):
            self.remove_undecided(transport)
            transport.close()
        await self._runner.cleanup()
        for task in self._tls_tasks:
            task.cancel()
        await asyncio.gather(*self._tls_tasks, return_exceptions=True)

    def add_undecided(self, transport: Transport) -> None:
        """Limit the time until a new connection's first byte to that of an HTTP request's head."""
        loop = asyncio.get_running_loop()
        self._undecided[transport] = loop.call_later(runner.HEAD_SECONDS, transport.close)

    def remove_undecided(self, transport: Transport) -> None:
        """Stop the timer of a connection that has sent something or was closed."""
        if timer := self._undecided.pop(transport, None):
            timer.cancel()

    def on_first_bytes(self, transport: Transport, first: bytes) -> None:
        """Hand the connection to the HTTP server, or forward it to the HTTPS site."""
        self.remove_undecided(transport)
        if first[0] == HANDSHAKE:
            task = asyncio.create_task(self._forward_tls(*_streams(transport, first)))
            self._tls_tasks.add(task)
            task.add_done_callback(self._tls_tasks.discard)
            return
        protocol = cast("Callable[[], asyncio.Protocol]", self._runner.server)()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(first)

    async def _forward_tls(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with AsyncExitStack() as stack:
            stack.enter_context(closing(writer))
            try:
                async with asyncio.timeout(FIRST_RECORD_SECONDS):
                    first = await _record(reader)
                    await stack.enter_async_context(self._tls_slots)
            except (TimeoutError, EOFError, ConnectionError):
                return
            if first:
                await self._connect_to_https_site(first, reader, writer)

    async def _connect_to_https_site(
        self, first: bytes, reader: StreamReader, writer: StreamWriter
    ) -> None:
        try:
            address = urlsplit(await self._secure())
        except OSError as error:
            logging.getLogger(__name__).error("cannot serve HTTPS: %s", error)
            return
        inner_reader, inner_writer = await asyncio.open_connection(address.hostname, address.port)
        with closing(inner_writer):
            inner_writer.write(first)
            await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))


class UndecidedConnection(asyncio.Protocol):
    """A connection that has not sent anything yet."""

    def __init__(self, multiplexer: PortMultiplexer) -> None:
        self._multiplexer = multiplexer
        self._transport: Transport | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        self._transport = cast(Transport, transport)
        self._multiplexer.add_undecided(self._transport)

    def connection_lost(self, _: Exception | None) -> None:
        if self._transport:
            self._multiplexer.remove_undecided(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._transport:
            self._multiplexer.on_first_bytes(self._transport, data)


def _streams(transport: Transport, first: bytes) -> tuple[StreamReader, StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = StreamReader()
    protocol = StreamReaderProtocol(reader)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    reader.feed_data(first)
    return reader, StreamWriter(transport, protocol, reader, loop)


async def _record(reader: StreamReader) -> bytes:
    """Return the whole first TLS record; empty if it is not one.

    A whole record shows that the client really uses TLS.

    Raises:
        EOFError: it is cut off.
    """
    head = await reader.readexactly(HEAD_BYTES)
    length = int.from_bytes(head[3:])
    if head[1] != MAJOR_VERSION or not 0 < length <= LONGEST_RECORD:
        return b""
    return head + await reader.readexactly(length)
