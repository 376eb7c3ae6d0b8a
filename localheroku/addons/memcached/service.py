"""The add-on services in which each add-on is a memcached."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from localheroku.addons.lookup import is_running
from localheroku.addons.memcached.server import (
    CacheRecord,
    LaunchedProcesses,
    end,
    running,
    running_below,
)
from localheroku.addons.ports import HOST, start_on_free_port
from localheroku.addons.records import RecordFiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import psutil

    from localheroku.core.addon_service import AddonRequest


class Memcached:
    """One service; the address and credentials of an add-on never change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._records = RecordFiles(folder, CacheRecord)
        self._launched = LaunchedProcesses()
        self._processes: dict[str, psutil.Process] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Start the add-on's memcached, or find the one that it has."""
        async with self._locks[request.addon_id]:
            cache = self._records.get(request.addon_id)
            if cache:
                await self._run(request.addon_id, cache)
            else:
                cache = await self._start_new(request)
        return {
            "SERVERS": f"{HOST}:{cache.port}",
            "USERNAME": cache.username,
            "PASSWORD": cache.password,
        }

    async def change_plan(self, request: AddonRequest) -> None:
        """Give the cache another size.

        memcached cannot change its size while clients must authenticate, nor move its items to a
        cache of another size: if the size changes, the cache restarts empty.
        """
        async with self._locks[request.addon_id]:
            before = self._records.get(request.addon_id)
            if before is None:
                return
            after = replace(
                before,
                plan=request.plan,
                megabytes=request.megabytes,
                connection_limit=request.connection_limit,
            )
            if after.options() != before.options():
                await self._stop(request.addon_id)
            await self._ensure(request.addon_id, after)

    async def deprovision(self, addon_id: str) -> None:
        """Stop the memcached and remove its credentials."""
        async with self._locks[addon_id]:
            await self._stop(addon_id)
            shutil.rmtree(self._folder / addon_id, ignore_errors=True)
            self._records.remove(addon_id)
        self._locks.pop(addon_id, None)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Find the running memcached of each add-on, or start an empty one."""
        await asyncio.gather(*(self._start(request.addon_id) for request in requests))

    async def close(self) -> None:
        """Stop every memcached."""
        for process in await asyncio.to_thread(running_below, self._folder):
            await self._launched.end(process)
        self._launched.collect()

    async def _start_new(self, request: AddonRequest) -> CacheRecord:
        async def start(port: int) -> CacheRecord:
            cache = _generate(request, port)
            await self._ensure(request.addon_id, cache)
            return cache

        return await start_on_free_port(start)

    async def _start(self, addon_id: str) -> None:
        async with self._locks[addon_id]:
            cache = self._records.get(addon_id)
            if cache:
                await self._run(addon_id, cache)

    async def _ensure(self, addon_id: str, cache: CacheRecord) -> None:
        # Stored first, so that an interrupted provisioning can be resumed or removed.
        self._records.put(addon_id, cache)
        await self._run(addon_id, cache)

    async def _run(self, addon_id: str, cache: CacheRecord) -> None:
        if not is_running(self._processes.get(addon_id)):
            found = await self._find(addon_id)
            launch = self._launched.start
            self._processes[addon_id] = found or await launch(cache, self._folder / addon_id)

    async def _stop(self, addon_id: str) -> None:
        self._processes.pop(addon_id, None)
        process = await self._find(addon_id)
        if process:
            await self._launched.end(process)

    async def _find(self, addon_id: str) -> psutil.Process | None:
        return await asyncio.to_thread(running, self._folder / addon_id)


def leave(folder: Path) -> None:
    """Stop every memcached that still runs, before `folder` is removed."""
    for process in running_below(folder.resolve()):
        end(process)


def _generate(request: AddonRequest, port: int) -> CacheRecord:
    """Return a new record with credentials that look like MemCachier's."""
    return CacheRecord(
        port=port,
        username=secrets.token_hex(3).upper(),
        password=secrets.token_hex(16).upper(),
        plan=request.plan,
        megabytes=request.megabytes,
        connection_limit=request.connection_limit,
    )
