"""One dyno: a process that is started, watched, and restarted when it ends unexpectedly."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
import time
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from localheroku.addons.ports import HOST
from localheroku.core import disk_full
from localheroku.core.cancellation import finished
from localheroku.core.runtime import Dyno, DynoState, DynoWatcher, ReleaseName
from localheroku.dynos import processes, shell, signals
from localheroku.dynos.dyno_environment import dyno_environment
from localheroku.dynos.slug_layout import APP

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
    from pathlib import Path

    from localheroku.dynos.logs import LogStore
    from localheroku.dynos.process_registry import ProcessRegistry
    from localheroku.dynos.terminal import Terminal

WEB = "web"
Attach: TypeAlias = "Callable[[], Awaitable[Terminal]]"
"""Waits for a client to attach; raises AttachError when none does."""


class AttachError(Exception):
    """No client attached to the dyno."""


PROBE_SECONDS = 0.05


@dataclass(frozen=True)
class DynoTimeouts:
    """How long a dyno may take, in seconds. The defaults are Heroku's, except the pauses.

    https://devcenter.heroku.com/articles/dyno-startup-behavior
    """

    boot: float = 60.0
    stop: float = 10.0
    first_pause: float = 1.0
    """Seconds before a crashed dyno restarts; doubled by each crash that follows at once."""
    longest_pause: float = 60.0


@dataclass(frozen=True)
class AppContext:
    """The data that the dynos of an app share."""

    app_id: str
    slug: Path
    env: Mapping[str, str]
    folder: Path
    """Where each dyno gets its own folder with a copy of the slug's files."""
    logs: LogStore
    registry: ProcessRegistry
    timeouts: DynoTimeouts
    watchers: Sequence[DynoWatcher]
    release: ReleaseName | None


class DynoProcess:
    """A dyno of a formation, or a one-off dyno."""

    def __init__(self, context: AppContext, name: str, command: str, size: str) -> None:
        self._context = context
        self._task: asyncio.Task[None] | None = None
        self._group: int | None = None
        self._is_killed = False
        self._ended = asyncio.Event()
        self._terminal: Terminal | None = None
        self._current = Dyno(
            id=str(uuid.uuid4()),
            name=name,
            type=name.partition(".")[0],
            command=command,
            state=DynoState.STARTING,
            size=size,
            created_at=datetime.now(UTC),
            updated_at=datetime.now(UTC),
            release=context.release,
        )
        self.port: int | None = None

    @property
    def current(self) -> Dyno:
        """The dyno as the Platform API shows it now."""
        return self._current

    def keep_for(self, release: ReleaseName | None) -> None:
        """Keep the dyno as it runs for another release, which changes nothing for it."""
        self._current = replace(self._current, release=release)

    def start(self) -> None:
        """Keep the dyno running from now on."""
        self._announce(None, self._current)
        self._task = _start_task(self._keep_running())

    async def stop(self) -> None:
        """End the dyno: send SIGTERM to all its processes, and SIGKILL after a while.

        The processes of a dyno in `run_once` are killed as soon as they have started; `run_once`
        returns their status.
        """
        if self._task is None:
            await self._kill()
            return
        try:
            self._task.cancel()
            await finished(asyncio.wait({self._task}))
        finally:
            self._set_state(DynoState.DOWN)

    async def _kill(self) -> None:
        self._is_killed = True
        if self._group is not None:
            signals.send(self._group, signal.SIGKILL)
        await self._ended.wait()

    def start_once(self, seconds: float, attach: Attach | None) -> asyncio.Task[None]:
        """Run the command once, for at most this long; a client may be attached to it."""
        self._announce(None, self._current)
        self._task = _start_task(self._run_once_attached(seconds, attach))
        return self._task

    async def _run_once_attached(self, seconds: float, attach: Attach | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                if attach:
                    self._terminal = await attach()
                await self._run(self._log_as_app)
        except AttachError:
            self._log_as_platform("Error R13 (Attach error) -> Failed to attach to process")
        except TimeoutError:
            self._log_as_platform(f"Stopped: its time limit of {seconds:g} seconds was reached")
        except OSError as error:
            self._log_as_platform(f"The dyno could not be started: {disk_full.reason(error)}")
        finally:
            self._set_state(DynoState.DOWN)
            if self._terminal:
                await self._terminal.close()

    async def run_once(self, on_line: Callable[[str], None]) -> int:
        """Run the command to its end and return its exit status. Canceling ends the dyno."""
        self._announce(None, self._current)
        try:
            return await self._run(on_line)
        finally:
            self._ended.set()
            self._set_state(DynoState.DOWN)

    async def _keep_running(self) -> None:
        timeouts = self._context.timeouts
        pause = timeouts.first_pause
        while True:
            began = time.monotonic()
            try:
                await self._run(self._log_as_app)
            except OSError as error:
                if _is_cancelled():
                    raise
                self._log_as_platform(f"The dyno could not be started: {disk_full.reason(error)}")
            self._change_state(DynoState.CRASHED)
            if time.monotonic() - began > timeouts.longest_pause:
                pause = timeouts.first_pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, timeouts.longest_pause)
            self._renew()

    async def _run(self, on_line: Callable[[str], None]) -> int:
        # Fresh files for each start, as on Heroku: a dyno's files are lost when it ends.
        folder = self._context.folder / f"{self._current.name}-{self._current.id}"
        files = self._context.slug / APP
        try:
            await finished(asyncio.to_thread(shutil.copytree, files, folder, symlinks=True))
            return await self._run_in(folder, on_line)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _run_in(self, folder: Path, on_line: Callable[[str], None]) -> int:
        self._log_as_platform(f"Starting process with command `{self._current.command}`")
        process = await self._spawn(folder)
        self._group = process.pid
        boot = asyncio.create_task(self._boot(process))
        try:
            if self._is_killed:
                signals.send(process.pid, signal.SIGKILL)
            status = await self._relay(process, on_line)
        except BaseException:
            await finished(self._end(process))
            raise
        finally:
            boot.cancel()
            self._group = None
            self._context.registry.remove(process.pid)
        self._log_as_platform(f"Process exited with status {status}")
        return status

    async def _spawn(self, folder: Path) -> Process:
        context = self._context
        self.port = _free_port() if self._current.type == WEB else None
        env = dyno_environment(
            context.slug,
            folder,
            context.env,
            self._current.name,
            self._current.size,
            self.port,
        )
        if self._terminal:
            return await self._terminal.spawn(self._current.command, folder, env, context.registry)
        command = shell.command(self._current.command, folder)
        return await processes.spawn(command, folder, env, registry=context.registry)

    async def _relay(self, process: Process, on_line: Callable[[str], None]) -> int:
        if self._terminal:
            return await self._terminal.relay(process)
        return await processes.relay(process, on_line)

    async def _boot(self, process: Process) -> None:
        """Wait until a web dyno accepts connections; any other dyno is up at once."""
        if self.port is not None:
            deadline = time.monotonic() + self._context.timeouts.boot
            while not await _accepts(self.port):
                if time.monotonic() > deadline:
                    self._fail_to_boot(process)
                    return
                await asyncio.sleep(PROBE_SECONDS)
        self._change_state(DynoState.UP)

    def _fail_to_boot(self, process: Process) -> None:
        seconds = f"{self._context.timeouts.boot:g}"
        self._log_as_platform(
            f"Error R10 (Boot timeout) -> Web process failed to bind to $PORT within {seconds} "
            "seconds of launch"
        )
        self._log_as_platform("Stopping process with SIGKILL")
        signals.send(process.pid, signal.SIGKILL)

    async def _end(self, process: Process) -> None:
        self._log_as_platform("Stopping all processes with SIGTERM")
        seconds = self._context.timeouts.stop
        if not await processes.end(process, seconds, self._log_as_app):
            self._log_as_platform(
                "Error R12 (Exit timeout) -> At least one process failed to exit within "
                f"{seconds:g} seconds of SIGTERM"
            )
        self._log_as_platform(f"Process exited with status {processes.status(process)}")

    def _renew(self) -> None:
        now = datetime.now(UTC)
        self._log_as_platform(f"State changed from {self._current.state} to {DynoState.STARTING}")
        self._announce(self._current, None)
        self._current = replace(
            self._current,
            id=str(uuid.uuid4()),
            state=DynoState.STARTING,
            created_at=now,
            updated_at=now,
        )
        self._announce(None, self._current)

    def _change_state(self, state: DynoState) -> None:
        self._log_as_platform(f"State changed from {self._current.state} to {state}")
        self._set_state(state)

    def _set_state(self, state: DynoState) -> None:
        before = self._current
        if before.state is DynoState.DOWN:
            return
        self._current = replace(before, state=state, updated_at=datetime.now(UTC))
        self._announce(before, None if state is DynoState.DOWN else self._current)

    def _announce(self, before: Dyno | None, after: Dyno | None) -> None:
        for watcher in self._context.watchers:
            watcher(self._context.app_id, before, after)

    def _log_as_app(self, line: str) -> None:
        self._context.logs.append(self._context.app_id, "app", self._current.name, line)

    def _log_as_platform(self, line: str) -> None:
        self._context.logs.append(self._context.app_id, "heroku", self._current.name, line)


def _start_task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logging.getLogger(__name__).error("a dyno ended with an error", exc_info=error)


def _is_cancelled() -> bool:
    """Return whether the task was canceled, even if an error replaced the cancellation."""
    return bool((task := asyncio.current_task()) and task.cancelling())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
