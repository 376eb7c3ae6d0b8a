"""Add-on services that run one server process for each add-on, in a folder of its own."""

from __future__ import annotations

import asyncio
import shutil
from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from localheroku.addons import lookup
from localheroku.addons.launching import LaunchedProcesses
from localheroku.addons.ports import start_on_free_port
from localheroku.addons.records import RecordFiles

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence
    from pathlib import Path

    import psutil

    from localheroku.core.addon_service import AddonRequest


@dataclass(frozen=True)
class ServerRecord:
    """The stored settings that an add-on of each of these services has."""

    port: int
    """The port in the add-on's address."""
    plan: str
    megabytes: int | None
    connection_limit: int | None


R = TypeVar("R", bound=ServerRecord)


class ServerPerAddon(ABC, Generic[R]):
    """One service; the address and credentials of an add-on survive every restart."""

    PROGRAMS: Sequence[str]
    """The names of the server's processes, any of which it can be."""

    def __init__(self, folder: Path, record: type[R]) -> None:
        self._folder = folder.resolve()
        self._records = RecordFiles(folder, record)
        self._launched = LaunchedProcesses()
        self._processes: dict[str, psutil.Process] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @abstractmethod
    def _generate(self, request: AddonRequest, port: int) -> R:
        """Return the record of a new add-on whose server gets a port, with new credentials."""

    @abstractmethod
    def _variables(self, record: R) -> dict[str, str]:
        """Return the add-on's config vars by suffix."""

    @abstractmethod
    async def _change(self, addon_id: str, before: R, after: R) -> R:
        """Apply the plan of a changed record, and return the record to store."""

    @staticmethod
    @abstractmethod
    def launch(record: R, folder: Path, /) -> subprocess.Popen[bytes]:
        """Start the server of an add-on in its folder.

        Raises:
            MissingProgram: a program that it needs is not installed.
        """

    @staticmethod
    @abstractmethod
    async def wait(child: subprocess.Popen[bytes], record: R, folder: Path, /) -> None:
        """Return when a server is ready.

        Raises:
            ServiceFailed: it did not start.
        """

    @staticmethod
    @abstractmethod
    def end(process: psutil.Process) -> None:
        """End a server and return when it has ended."""

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Start the add-on's server, or find the one that it has."""
        async with self._locks[request.addon_id]:
            record = self._records.get(request.addon_id)
            if record:
                await self._run(request.addon_id, record)
            else:
                record = await self._start_new(request)
        return self._variables(record)

    async def change_plan(self, request: AddonRequest) -> None:
        """Apply the limits of another plan; what happens to the data depends on the service."""
        async with self._locks[request.addon_id]:
            if record := self._records.get(request.addon_id):
                changed = replace(
                    record,
                    plan=request.plan,
                    megabytes=request.megabytes,
                    connection_limit=request.connection_limit,
                )
                after = await self._change(request.addon_id, record, changed)
                await self._ensure(request.addon_id, after)

    async def deprovision(self, addon_id: str) -> None:
        """Stop the server and remove its files and its credentials."""
        async with self._locks[addon_id]:
            await self._stop(addon_id)
            shutil.rmtree(self._folder / addon_id, ignore_errors=True)
            self._records.remove(addon_id)
        self._locks.pop(addon_id, None)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Find the running server of each add-on, or start one."""
        await asyncio.gather(*(self._start(request.addon_id) for request in requests))

    async def close(self) -> None:
        """Stop every server."""
        for process in await asyncio.to_thread(lookup.working_below, self.PROGRAMS, self._folder):
            await self._end(process)
        self._launched.collect()

    async def _start_new(self, request: AddonRequest) -> R:
        async def start(port: int) -> R:
            record = self._generate(request, port)
            await self._ensure(request.addon_id, record)
            return record

        return await start_on_free_port(start)

    async def _start(self, addon_id: str) -> None:
        async with self._locks[addon_id]:
            if record := self._records.get(addon_id):
                await self._run(addon_id, record)

    async def _ensure(self, addon_id: str, record: R) -> None:
        # Stored first, so that an interrupted provisioning can be resumed or removed.
        self._records.put(addon_id, record)
        await self._run(addon_id, record)

    async def _run(self, addon_id: str, record: R) -> None:
        if not lookup.is_running(self._processes.get(addon_id)):
            found = await self._find(addon_id)
            self._processes[addon_id] = found or await self._launch(record, self._folder / addon_id)

    async def _launch(self, record: R, folder: Path) -> psutil.Process:
        return await self._launched.start(
            partial(self.launch, record, folder), lambda child: self.wait(child, record, folder)
        )

    async def _stop(self, addon_id: str) -> None:
        self._processes.pop(addon_id, None)
        if process := await self._find(addon_id):
            await self._end(process)

    async def _find(self, addon_id: str) -> psutil.Process | None:
        return await asyncio.to_thread(lookup.working_in, self.PROGRAMS, self._folder / addon_id)

    async def _end(self, process: psutil.Process) -> None:
        await asyncio.to_thread(self.end, process)
        self._launched.collect()


def leave(service: type[ServerPerAddon[Any]], folder: Path) -> None:
    """Stop the servers of a service that still run, before its folder is removed."""
    for process in lookup.working_below(service.PROGRAMS, folder.resolve()):
        service.end(process)
