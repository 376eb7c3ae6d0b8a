"""A feed of calls: a follower gets the latest ones and then each new one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from localheroku.http.request_log import LoggedRequest

HISTORY_LENGTH = 200
"""Number of earlier calls that a new follower gets."""
QUEUE_LENGTH = 1000
"""Number of calls that wait for a follower; one that reads too slowly loses the oldest."""


class RequestFeed:
    """A feed of bounded size, however many calls there are."""

    def __init__(self) -> None:
        self._latest: deque[LoggedRequest] = deque(maxlen=HISTORY_LENGTH)
        self._followers: set[asyncio.Queue[LoggedRequest | None]] = set()
        self._closed = False

    def add(self, request: LoggedRequest) -> None:
        self._latest.append(request)
        for queue in self._followers:
            _put(queue, request)

    def close(self) -> None:
        """End the feed for all present and future followers."""
        self._closed = True
        for queue in self._followers:
            _put(queue, None)

    async def follow(self, silence: float) -> AsyncIterator[LoggedRequest | None]:
        """Yield the latest calls and then each new one; yield None after `silence` idle seconds."""
        queue: asyncio.Queue[LoggedRequest | None] = asyncio.Queue(QUEUE_LENGTH)
        for line in self._latest:
            _put(queue, line)
        self._followers.add(queue)
        try:
            while not self._closed or not queue.empty():
                try:
                    latest = await asyncio.wait_for(queue.get(), silence)
                except TimeoutError:
                    yield None
                    continue
                if latest is None:
                    return
                yield latest
        finally:
            self._followers.discard(queue)


def _put(queue: asyncio.Queue[LoggedRequest | None], request: LoggedRequest | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(request)
