"""Where a client and a dyno meet: `heroku run` connects here to the dyno's input and output.

A client opens a TLS connection and writes the path of the dyno's `attach_url` as its first line;
the answer is `rendezvous`, and after that each byte is to or from the dyno.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from pathlib import Path

from localheroku.core import certificate
from localheroku.core.terminal_line import TerminalLine

HOST = "127.0.0.1"
CONNECT_SECONDS = 60.0
"""Seconds for the client to connect, and for its first line after that."""
LONGEST_LINE = 1024
ANSWER = b"rendezvous\r\n"


@dataclass
class Meeting:
    """A meeting of a client and a dyno; `url` is where the client connects, a credential."""

    url: str = field(repr=False)
    connection: asyncio.Future[TerminalLine] = field(default_factory=asyncio.Future)

    async def line(self) -> TerminalLine:
        """Return the connection once the client is there.

        Raises:
            TimeoutError: it did not connect in time.
        """
        return await asyncio.wait_for(self.connection, CONNECT_SECONDS)


class Rendezvous:
    """Listens on a free port, from the first meeting on."""

    def __init__(self, pem: Path) -> None:
        self._pem = pem
        self._lock = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._meetings: dict[str, Meeting] = {}

    async def meeting(self) -> Meeting:
        """Create a meeting that one client can join, once."""
        async with self._lock:
            server = self._server or await self._start()
        port = server.sockets[0].getsockname()[1]
        key = secrets.token_urlsafe(32)
        meeting = self._meetings[key] = Meeting(f"rendezvous://{HOST}:{port}/{key}")
        meeting.connection.add_done_callback(lambda _: self._meetings.pop(key, None))
        return meeting

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _start(self) -> asyncio.Server:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.ensured(self._pem))
        self._server = await asyncio.start_server(
            self._accept, HOST, 0, ssl=context, limit=LONGEST_LINE
        )
        return self._server

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            first = await asyncio.wait_for(reader.readuntil(b"\n"), CONNECT_SECONDS)
            meeting = self._meetings.get(first.decode(errors="replace").strip().lstrip("/"))
            if meeting and not meeting.connection.done():
                writer.write(ANSWER)
                await writer.drain()
                meeting.connection.set_result(TerminalLine(reader, writer))
                return
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        writer.close()
