"""Work that must run to its end even if its caller is canceled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def finished(work: Coroutine[Any, Any, object]) -> None:
    """Wait until the work has ended, even if the caller is canceled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # An error in the work must not hide that its caller has been canceled.
        await asyncio.gather(task, return_exceptions=True)
        raise
