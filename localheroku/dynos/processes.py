"""Processes in their own groups: started, read line by line, ended with all they started."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from typing import TYPE_CHECKING

import psutil

from localheroku.core.cancellation import finished
from localheroku.dynos.signals import send

if TYPE_CHECKING:
    from asyncio import StreamReader
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from localheroku.dynos.process_registry import ProcessRegistry

LINE_BYTES = 10_000  # Logplex cuts longer lines, too
POLL_SECONDS = 0.05
LAST_LINES_SECONDS = 5.0


async def spawn(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str],
    *,
    registry: ProcessRegistry | None = None,
    stdin: int = DEVNULL,
    stdout: int = PIPE,
    stderr: int | None = STDOUT,
    pass_fds: Sequence[int] = (),
) -> Process:
    """Start a program as the leader of its own session and process group.

    The start itself cannot be canceled: asyncio would kill only the leader and then wait forever
    for the processes that inherited its output. If the caller is canceled, it waits until the group
    runs and then ends the group.

    Args:
        command: the program and its arguments.
        cwd: its working folder.
        env: its whole environment.
        registry: gets the group before any other code; without it, the group may outlive a server
            that is killed.
        stdin: its input.
        stdout: its output.
        stderr: where its errors go; with its output, or to those of this process (None).
        pass_fds: open files that it inherits.
    """
    streams = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    starting = asyncio.create_task(_start(command, cwd, env, registry, streams, pass_fds))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await finished(_abandon_started(starting, registry))
        raise


async def _start(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str],
    registry: ProcessRegistry | None,
    streams: Mapping[str, int | None],
    pass_fds: Sequence[int],
) -> Process:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=dict(env),
        stdin=streams["stdin"],
        stdout=streams["stdout"],
        stderr=streams["stderr"],
        pass_fds=pass_fds,
        start_new_session=True,
    )
    try:
        if registry:
            registry.add(process.pid)
    except BaseException:
        await abandon(process, registry)
        raise
    return process


async def _abandon_started(
    starting: asyncio.Task[Process], registry: ProcessRegistry | None
) -> None:
    await abandon(await starting, registry)


async def abandon(process: Process, registry: ProcessRegistry | None) -> None:
    """End a group at once and remove it from the registry."""
    try:
        await end(process, 0)
    finally:
        if registry:
            registry.remove(process.pid)


async def relay(process: Process, on_line: Callable[[str], None]) -> int:
    """Pass on each line until the group's leader ends, then end the rest of its group.

    Returns:
        The exit status; a signal adds 128, as in a shell.
    """
    reading = asyncio.create_task(pump(process, on_line))
    try:
        await leader_ends(process)
        send(process.pid, signal.SIGKILL)
        await _last_lines(reading)
    finally:
        reading.cancel()
    return status(process)


async def pump(process: Process, on_line: Callable[[str], None]) -> None:
    """Pass on each line until no process has the output open; at a terminal there are none."""
    if process.stdout:
        async for line in _lines(process.stdout):
            on_line(line)


async def _lines(output: StreamReader) -> AsyncIterator[str]:
    pending = b""
    while chunk := await output.read(LINE_BYTES):
        *complete, pending = (pending + chunk).split(b"\n")
        for line in complete:
            yield line.decode(errors="replace").rstrip("\r")
        if len(pending) >= LINE_BYTES:
            yield pending.decode(errors="replace")
            pending = b""
    if pending:
        yield pending.decode(errors="replace")


async def leader_ends(process: Process) -> None:
    """Wait for the end of the process itself, whatever it leaves behind."""
    # asyncio's wait() also waits for the output, which a leftover process may keep open.
    while process.returncode is None:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(POLL_SECONDS)


async def _last_lines(reading: asyncio.Task[None]) -> None:
    # A process that left the group can keep the output open forever.
    await asyncio.wait({reading}, timeout=LAST_LINES_SECONDS)
    if reading.done():
        reading.result()
    else:
        reading.cancel()


def status(process: Process) -> int:
    """Return the exit status of an ended process, as a shell and Heroku write it."""
    code = process.returncode or 0
    return code if code >= 0 else 128 - code


async def run(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str],
    on_line: Callable[[str], None],
    registry: ProcessRegistry | None = None,
) -> int:
    """Run a program to its end; canceling ends it and all that it started.

    With a registry, the program does not outlive a server that is killed.
    """
    process = await spawn(command, cwd, env, registry=registry)
    try:
        status = await relay(process, on_line)
    except BaseException:
        await finished(abandon(process, registry))
        raise
    if registry:
        registry.remove(process.pid)
    return status


async def end(
    process: Process, seconds: float, on_line: Callable[[str], None] | None = None
) -> bool:
    """Send SIGTERM to a group, SIGKILL after `seconds`; return whether all had ended by then."""
    reading = asyncio.create_task(pump(process, on_line or (lambda _line: None)))
    send(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_running := _is_group_running(process.pid):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(POLL_SECONDS)
    send(process.pid, signal.SIGKILL)
    await leader_ends(process)
    await _last_lines(reading)
    return not is_running


def _is_group_running(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS raises it for a group of zombies
        return False
    # Where no process collects orphans (a container's first process often does not), a group of
    # zombies stays forever.
    return any(_is_living_member(process, group) for process in psutil.process_iter())


def _is_living_member(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess, PermissionError):
        return False
