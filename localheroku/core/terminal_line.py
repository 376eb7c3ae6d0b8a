"""The connection between an attached client and its dyno."""

from __future__ import annotations

import contextlib
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass
class TerminalLine:
    """The connection to the client that attached to a dyno."""

    reader: StreamReader
    writer: StreamWriter

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


LineSource = Callable[[], Awaitable[TerminalLine]]
"""Waits for a client to attach; raises TimeoutError when none does."""
