"""Assembles a complete local Heroku, from its data folder to its port."""

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
from localheroku.core.backends import Backends
from localheroku.core.errors import DiskFullError, NotStartedError
from localheroku.core.state import Settings
from localheroku.dashboard import Dashboard
from localheroku.http import runner
from localheroku.http.request_log import RequestLog
from localheroku.instance import Instance, run_instance
from localheroku.platform import InstanceConfig, Platform
from localheroku.server.gate import RequestGate
from localheroku.server.tls_port import PortMultiplexer
from localheroku.startup_errors import StartError

__all__ = ["LocalHeroku", "StartError"]

HOST = "127.0.0.1"
LOCK = "lock"


def real_backends(settings: Settings) -> Backends:
    """Return the backends that run databases, caches and processes on this machine."""
    from localheroku.addons import KEY_VALUE_STORE, POSTGRES, caches, databases, stores
    from localheroku.dynos.builder import SlugBuilder
    from localheroku.dynos.logs import LogStore
    from localheroku.dynos.manager import DynoManager
    from localheroku.router.router import Router

    logs = LogStore(settings.data)
    dynos = DynoManager(settings.data, logs)
    postgres = databases(settings.data)
    redis = stores(settings.data)
    return Backends(
        services={POSTGRES: postgres, **caches(settings.data), **redis},
        databases=postgres.operations,
        stores=redis[KEY_VALUE_STORE],
        builder=SlugBuilder(settings.data),
        logs=logs,
        dynos=dynos,
        site=lambda tenants: Router(tenants, dynos, logs),
    )


class LocalHeroku:
    """A local Heroku that listens while its `async with` block runs.

    Everything that it started ends with the block. Entering the block raises StartError when the
    port or the folder is in use.
    """

    platform: Platform

    def __init__(
        self, settings: Settings, backends: Callable[[Settings], Backends] = real_backends
    ) -> None:
        self._settings = settings
        self._backends = backends
        self._gate = RequestGate(self._restart_if_down)
        self._stack = AsyncExitStack()
        self._instance_stack = AsyncExitStack()
        self._restart_lock = asyncio.Lock()
        self._is_stopping = False

    async def __aenter__(self) -> Self:
        try:
            async with AsyncExitStack() as stack:
                await self._start(stack)
                self._stack = stack.pop_all()
        except Exception as failure:
            if not disk_full.is_disk_full(failure, self._settings.data):
                raise
            raise StartError(
                f"cannot start: the disk of {self._settings.data} is full; free some space, then "
                "start the local Heroku again"
            ) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        """Lock the folder and bind the port, then start everything else."""
        settings = self._settings
        _make_folder(settings.data)
        stack.enter_context(_lock_folder(settings.data))
        port = stack.enter_context(_bind(settings.port))
        log = RequestLog(settings.data / "requests.jsonl")
        stack.callback(log.close)
        recorder = Recorder(settings.data / "recording.jsonl")
        stack.callback(recorder.stop)
        dashboard = Dashboard()
        self._config = InstanceConfig(
            settings=settings,
            backends=self._backends,
            key=load_key(settings.data / "api-key"),
            log=log,
            recorder=recorder,
            dashboard=dashboard,
            handle=self._gate.handle,
            run_while_stopped=self._run_while_stopped,
        )
        stack.push_async_callback(self._stop_for_good)
        await self._start_instance()
        stack.push_async_callback((await self._listen(port)).close)
        stack.callback(dashboard.feed.close)
        stack.callback(self._end_logs)
        stack.push_async_callback(self._end_builds)

    async def _listen(self, port: socket.socket) -> PortMultiplexer:
        app_runner = await runner.start(self._gate.handle)
        multiplexer = PortMultiplexer(app_runner, lambda: self.platform.https_site.address())
        await multiplexer.open(port)
        return multiplexer

    async def _start_instance(self) -> None:
        await asyncio.to_thread(files.finish_interrupted, self._settings.data)
        async with AsyncExitStack() as stack:
            instance: Instance = await stack.enter_async_context(run_instance(self._config))
            self._instance_stack = stack.pop_all()
        self.platform = instance.platform
        self._gate.open(instance.dispatcher)

    async def _end_builds(self) -> None:
        """End running builds while their clients are still connected."""
        await self.platform.builds.close()

    def _end_logs(self) -> None:
        self.platform.log_sessions.ended.set()

    async def _stop_instance(self) -> None:
        await self._instance_stack.aclose()

    async def _stop_for_good(self) -> None:
        """Stop the instance for good, after any restart in progress has finished."""
        self._is_stopping = True
        async with self._restart_lock:
            await self._stop_instance()

    async def _run_while_stopped(self, work: Callable[[], None]) -> Platform:
        """Do work on the folder while no instance runs; return the platform that runs after it."""
        async with self._restart_lock:
            self._refuse_when_stopping()
            self._end_logs()
            await self._gate.close()
            try:
                await self._stop_instance()
                await asyncio.to_thread(work)
            finally:
                try:
                    await self._restart_instance()
                finally:
                    self._gate.reopen()
            return self.platform

    async def _restart_if_down(self) -> None:
        """Start the instance for a caller if an earlier start failed.

        Raises:
            ApiError: the instance could not be started.
        """
        async with self._restart_lock:
            self._refuse_when_stopping()
            if not self._gate.has_dispatcher:
                await self._restart_instance()

    def _refuse_when_stopping(self) -> None:
        if self._is_stopping:
            raise NotStartedError(reason="it is stopping")

    async def _restart_instance(self) -> None:
        try:
            await self._start_instance()
        except StartError as error:
            raise NotStartedError(reason=error) from error
        except Exception as failure:
            if disk_full.is_disk_full(failure, self._settings.data):
                raise DiskFullError from failure
            raise


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / LOCK).touch(mode=0o600)
    except (FileExistsError, NotADirectoryError):
        raise StartError(
            f"cannot use {folder}: it is a file or inside one; choose a folder"
        ) from None
    except OSError as error:
        if disk_full.is_disk_full(error, folder):
            raise
        raise StartError(
            f"cannot write to {folder}: {disk_full.reason(error)}; choose another folder"
        ) from None


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Lock the folder so that no second local Heroku works on the same data."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"cannot start: another local Heroku uses {folder}; stop it first, or choose "
                "another folder"
            ) from None
        yield


@contextmanager
def _bind(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StartError(
                    f"cannot listen on port {port} of {HOST}: this account may not use it; choose "
                    "a port above 1023 for the local Heroku"
                ) from None
            if error.errno != errno.EADDRINUSE:
                raise
            raise StartError(
                f"cannot listen on port {port} of {HOST}: another program uses it; stop that "
                "program, or choose another port for the local Heroku"
            ) from None
        yield listener
