"""Responses that are sent while they are produced, and that a fault can truncate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass
class Truncation:
    """Where a fault cuts a response off.

    `remaining` is how many bytes of the body are still sent; None means half of the first chunk.
    Without `sends_head` not even the head is sent. With `completes` the producer of the response
    runs to its end, for its side effects; otherwise it sees a client that has disconnected.
    """

    remaining: int | None
    sends_head: bool
    completes: bool
    reached: bool = False

    def take(self, chunk: bytes) -> bytes:
        """Return the part of the next chunk that is sent."""
        if self.remaining is None:
            self.remaining = len(chunk) // 2
        sent = chunk[: self.remaining]
        self.remaining -= len(sent)
        self.reached = self.reached or len(sent) < len(chunk)
        return sent


TRUNCATION = web.RequestKey("break", Truncation)


class StreamingResponse(web.StreamResponse):
    """A response that is sent before it is complete; use this class for every such response."""

    _truncation: Truncation | None = None

    async def prepare(self, request: web.BaseRequest) -> Any:
        self._truncation = request.get(TRUNCATION)
        if self._truncation and not self._truncation.sends_head:
            return None
        return await super().prepare(request)

    async def write(self, data: Any) -> None:
        """Send a chunk of the body.

        Raises:
            ConnectionResetError: the client has disconnected.
        """
        if self._truncation:
            data = self._truncation.take(bytes(data))
        if self._truncation is None or self._truncation.sends_head:
            await super().write(data)
        if self._truncation and self._truncation.reached and not self._truncation.completes:
            raise ConnectionResetError

    async def write_eof(self, data: bytes = b"") -> None:
        if self._truncation is None or not (
            self._truncation.reached or not self._truncation.sends_head
        ):
            await super().write_eof(data)
