"""Answers that are sent while they are made, which a fault can break off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass
class Break:
    """Where an answer ends before its end.

    `left` are the bytes of its body that are still sent, None: half of the first piece.  Without
    `answers` not even its head is.  With `completes` whoever makes the answer goes on to its end,
    for the sake of what is done meanwhile; otherwise it is as if the client had gone away.
    """

    left: int | None
    answers: bool
    completes: bool
    met: bool = False

    def take(self, piece: bytes) -> bytes:
        """What of the next piece is sent."""
        if self.left is None:
            self.left = len(piece) // 2
        taken = piece[: self.left]
        self.left -= len(taken)
        self.met = self.met or len(taken) < len(piece)
        return taken


BREAK = web.RequestKey("break", Break)


class Flow(web.StreamResponse):
    """Use it for every answer that is not made before it is sent."""

    _break: Break | None = None

    async def prepare(self, request: web.BaseRequest) -> Any:
        self._break = request.get(BREAK)
        if self._break and not self._break.answers:
            return None
        return await super().prepare(request)

    async def write(self, data: Any) -> None:
        """Raises ConnectionResetError when nobody listens."""
        if self._break:
            data = self._break.take(bytes(data))
        if self._break is None or self._break.answers:
            await super().write(data)
        if self._break and self._break.met and not self._break.completes:
            raise ConnectionResetError

    async def write_eof(self, data: bytes = b"") -> None:
        if self._break is None or not (self._break.met or not self._break.answers):
            await super().write_eof(data)
