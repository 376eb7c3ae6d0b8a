"""TLS in front of a server that knows none: the same bytes, decrypted, on another port."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import closing
from typing import TYPE_CHECKING

from localheroku.addons.ports import HOST, taken
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.byte_streams import copy

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from pathlib import Path

HANDSHAKE_SECONDS = 10.0
CLOSING_SECONDS = 1.0
"""How long a client may take to confirm the end of a connection."""


class TlsFront:
    """Serves TLS on one port of loopback for the server on another."""

    def __init__(self, port: int, server_port: int, certificate: Path) -> None:
        self._port = port
        self._server_port = server_port
        self._certificate = certificate
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Accept connections, unless that has already begun.

        Raises:
            ServiceFailed: another program uses the port.
        """
        if self._server:
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate)
        try:
            self._server = await asyncio.start_server(
                self._accept,
                HOST,
                self._port,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=CLOSING_SECONDS,
            )
        except OSError:
            raise ServiceFailed(f"cannot serve TLS: {taken(self._port)}") from None

    async def close(self) -> None:
        """Accept no more connections, and close all."""
        if self._server:
            self._server.close()
            self._server = None
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with closing(writer):
            try:
                inner_reader, inner_writer = await asyncio.open_connection(HOST, self._server_port)
            except OSError:
                return  # the server has ended, and is about to be started again
            with closing(inner_writer):
                await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))
