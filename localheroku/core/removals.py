"""Apps that are being removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class OngoingRemovals:
    """The ids of the apps that are being removed; a removal of an app waits for a running one."""

    def __init__(self) -> None:
        self._ended: dict[str, asyncio.Event] = {}
        """App id -> the event that is set when its removal has ended."""

    def __contains__(self, app_id: str) -> bool:
        return app_id in self._ended

    async def wait(self, app_id: str) -> None:
        """Wait until no removal of the app is running."""
        while ended := self._ended.get(app_id):
            await ended.wait()

    @asynccontextmanager
    async def removing(self, app_id: str) -> AsyncIterator[None]:
        """Mark the app as being removed while the block runs."""
        self._ended[app_id] = asyncio.Event()
        try:
            yield
        finally:
            self._ended.pop(app_id).set()
