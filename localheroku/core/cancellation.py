"""Work that has to end although its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def finished(work: Coroutine[Any, Any, object]) -> None:
    """Wait until the work has ended, also when the caller is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # What goes wrong with the work now must not hide that its caller is to end.
        await asyncio.gather(task, return_exceptions=True)
        raise
