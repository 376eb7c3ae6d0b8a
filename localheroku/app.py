"""A local Heroku put together, from its folder to its port."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Self

from localheroku.auth.api_keys import load_key
from localheroku.control.recorder.models import Recorder
from localheroku.control.snapshots import files
from localheroku.core import disk_full
from localheroku.core.backends import Machines
from localheroku.core.errors import DiskFullError, NotStartedError
from localheroku.core.state import Settings
from localheroku.dashboard import Page
from localheroku.http import runner
from localheroku.http.request_log import RequestLog
from localheroku.instance import Life, live
from localheroku.platform import Frame, Platform
from localheroku.server.gate import Door
from localheroku.server.tls_port import Front
from localheroku.startup_errors import StartError

__all__ = ["LocalHeroku", "StartError"]

HOST = "127.0.0.1"
LOCK = "lock"


def real_machines(settings: Settings) -> Machines:
    """Databases, caches and processes of this machine."""
    from localheroku.addons import POSTGRES, caches, databases
    from localheroku.dynos.builder import Builder
    from localheroku.dynos.logs import Logs
    from localheroku.dynos.manager import DynoManager
    from localheroku.router.router import Router

    logs = Logs(settings.data)
    dynos = DynoManager(settings.data, logs)
    postgres = databases(settings.data)
    return Machines(
        services={POSTGRES: postgres, **caches(settings.data)},
        databases=postgres.care,
        builder=Builder(settings.data),
        logs=logs,
        dynos=dynos,
        site=lambda tenants: Router(tenants, dynos, logs),
    )


class LocalHeroku:
    """Listens while its `async with` block runs; all that it started ends with the block.

    Raises StartError when its port or its folder is in use.
    """

    platform: Platform

    def __init__(
        self, settings: Settings, machines: Callable[[Settings], Machines] = real_machines
    ) -> None:
        self._settings = settings
        self._machines = machines
        self._door = Door(self._revive)
        self._stack = AsyncExitStack()
        self._life = AsyncExitStack()
        self._exchanging = asyncio.Lock()
        self._ending = False

    async def __aenter__(self) -> Self:
        try:
            async with AsyncExitStack() as stack:
                await self._start(stack)
                self._stack = stack.pop_all()
        except Exception as failure:
            if not disk_full.tells_of(failure, self._settings.data):
                raise
            raise StartError(
                f"The disk that {self._settings.data} is on is full: free some space, then start "
                "the local Heroku again."
            ) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        """The folder and the port are taken before anything starts that another could be using."""
        settings = self._settings
        _make(settings.data)
        stack.enter_context(_sole_user(settings.data))
        port = stack.enter_context(_bound(settings.port))
        log = RequestLog(settings.data / "requests.jsonl")
        stack.callback(log.close)
        recorder = Recorder(settings.data / "recording.jsonl")
        stack.callback(recorder.stop)
        page = Page()
        self._frame = Frame(
            settings=settings,
            machines=self._machines,
            key=load_key(settings.data / "api-key"),
            log=log,
            recorder=recorder,
            page=page,
            handle=self._door.handle,
            exchange=self._exchange,
        )
        stack.push_async_callback(self._end_for_good)
        await self._begin()
        stack.push_async_callback((await self._listen(port)).close)
        stack.callback(page.feed.close)
        stack.callback(self._end_logs)
        stack.push_async_callback(self._end_builds)

    async def _listen(self, port: socket.socket) -> Front:
        served = await runner.started(self._door.handle)
        front = Front(served, lambda: self.platform.secure.address())
        await front.open(port)
        return front

    async def _begin(self) -> None:
        await asyncio.to_thread(files.finish_interrupted, self._settings.data)
        async with AsyncExitStack() as stack:
            life: Life = await stack.enter_async_context(live(self._frame))
            self._life = stack.pop_all()
        self.platform = life.platform
        self._door.open(life.server)

    async def _end_builds(self) -> None:
        """While there is still somebody who can be told."""
        await self.platform.builds.close()

    def _end_logs(self) -> None:
        self.platform.log_sessions.ended.set()

    async def _end(self) -> None:
        await self._life.aclose()

    async def _end_for_good(self) -> None:
        """Once what is being exchanged is: it would begin after the end."""
        self._ending = True
        async with self._exchanging:
            await self._end()

    async def _exchange(self, work: Callable[[], None]) -> Platform:
        """Do work on the folder while nothing lives in it; the platform after it."""
        async with self._exchanging:
            self._refuse_when_ending()
            self._end_logs()
            await self._door.shut()
            try:
                await self._end()
                await asyncio.to_thread(work)
            finally:
                try:
                    await self._begin_again()
                finally:
                    self._door.reopen()
            return self.platform

    async def _revive(self) -> None:
        """Begin again where that failed before, for one who calls.  Raises ApiError."""
        async with self._exchanging:
            self._refuse_when_ending()
            if self._door.leads_nowhere:
                await self._begin_again()

    def _refuse_when_ending(self) -> None:
        if self._ending:
            raise NotStartedError(reason="it is being stopped.")

    async def _begin_again(self) -> None:
        try:
            await self._begin()
        except StartError as error:
            raise NotStartedError(reason=error) from error
        except Exception as failure:
            if disk_full.tells_of(failure, self._settings.data):
                raise DiskFullError from failure
            raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / LOCK).touch(mode=0o600)
    except (FileExistsError, NotADirectoryError):
        raise StartError(f"{folder} is, or lies below, a file: choose a folder.") from None
    except OSError as error:
        if disk_full.tells_of(error, folder):
            raise
        raise StartError(
            f"{folder} cannot be written to ({disk_full.reason(error)}): choose another folder."
        ) from None


@contextmanager
def _sole_user(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that no second local Heroku works on the same data."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"A local Heroku already works in {folder}: stop it first, or choose another "
                "folder."
            ) from None
        yield


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StartError(
                    f"Port {port} of {HOST} is not for your account: choose one above 1023 for the "
                    "local Heroku."
                ) from None
            if error.errno != errno.EADDRINUSE:
                raise
            raise StartError(
                f"Port {port} of {HOST} is taken by another program: stop it, or choose another "
                "port for the local Heroku."
            ) from None
        yield listener
