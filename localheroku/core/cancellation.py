"""Work that has to end even if its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def finished(work: Coroutine[Any, Any, object]) -> None:
    """Wait until the work has ended, even if the caller is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # An error of the work must not hide that its caller has been cancelled.
        await asyncio.gather(task, return_exceptions=True)
        raise
