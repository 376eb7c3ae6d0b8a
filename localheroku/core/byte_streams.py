"""Copies of byte streams from one connection to another."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

CHUNK_BYTES = 1 << 16


async def copy(source: StreamReader, target: StreamWriter) -> None:
    """Copy until the end of the source, then close the target."""
    with suppress(ConnectionError):
        try:
            while chunk := await source.read(CHUNK_BYTES):
                target.write(chunk)
                await target.drain()
        finally:
            target.close()
