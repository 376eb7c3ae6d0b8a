"""A command whose input and output are at the other end of a connection, at a terminal or not."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.core.cancellation import finished
from localheroku.core.terminal_line import TerminalLine
from localheroku.dynos import processes, shell, signals

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from localheroku.dynos.process_registry import ProcessRegistry

CHUNK = 1 << 14
END_OF_INPUT = b"\x04"
"""The byte that a client without a terminal sends at the end of its input."""
# The leader of a session gets a terminal by opening it.
AT_TERMINAL = 'exec <"$0" >"$0" 2>&1; exec "$@"'
LAST_OUTPUT_SECONDS = 5.0
"""Seconds for output that a process outside the dyno's group may hold back."""
HANGUP_SECONDS = 1.0
"""Seconds between SIGHUP and SIGKILL."""


class _TerminalReader(asyncio.StreamReaderProtocol):
    """Reads a terminal's output; ignores the error at its end, which would hide unread output."""

    def connection_lost(self, _: Exception | None) -> None:
        super().connection_lost(None)


class Terminal:
    """One command on a connection."""

    def __init__(self, line: TerminalLine, *, tty: bool) -> None:
        self._line = line
        self._tty = tty
        self._output: StreamReader | None = None
        self._input: asyncio.WriteTransport | StreamWriter | None = None

    async def spawn(
        self, command: str, cwd: Path, env: Mapping[str, str], registry: ProcessRegistry
    ) -> Process:
        """Start the command as `processes.spawn` does."""
        if self._tty:
            return await self._spawn_at_terminal(command, cwd, env, registry)
        process = await processes.spawn(
            shell.command(command, cwd), cwd, env, registry=registry, stdin=PIPE
        )
        self._output, self._input = process.stdout, process.stdin
        return process

    async def relay(self, process: Process) -> int:
        """Pass on input and output until the command ends; return its status.

        When the other end hangs up, so does the terminal.
        """
        input_task = asyncio.create_task(self._read_input(process))
        output_task = asyncio.create_task(self._write_output())
        try:
            await processes.leader_ends(process)
            signals.send(process.pid, signal.SIGKILL)
            await asyncio.wait({output_task}, timeout=LAST_OUTPUT_SECONDS)
        finally:
            for task in (input_task, output_task):
                task.cancel()
            await asyncio.gather(input_task, output_task, return_exceptions=True)
            await self.close()
        return processes.status(process)

    async def close(self) -> None:
        """Close the command's input and hang up."""
        if self._input:
            self._input.close()
        await self._line.close()

    async def _spawn_at_terminal(
        self, command: str, cwd: Path, env: Mapping[str, str], registry: ProcessRegistry
    ) -> Process:
        main, end = pty.openpty()
        try:
            _resize(main, env)
            opening = ("/bin/sh", "-c", AT_TERMINAL, os.ttyname(end), *shell.command(command, cwd))
            process = await processes.spawn(
                opening, cwd, env, registry=registry, stdin=end, stdout=end
            )
        except BaseException:
            os.close(main)
            raise
        finally:
            os.close(end)
        try:
            await self._connect(main)
        except BaseException:
            await finished(processes.abandon(process, registry))
            raise
        return process

    async def _connect(self, main: int) -> None:
        """Read and write the terminal through its main end."""
        loop = asyncio.get_running_loop()
        self._output = StreamReader()
        reader = _TerminalReader(self._output)
        await loop.connect_read_pipe(lambda: reader, os.fdopen(os.dup(main), "rb", 0))
        writing = os.fdopen(main, "wb", 0)
        self._input, _ = await loop.connect_write_pipe(asyncio.Protocol, writing)

    async def _read_input(self, process: Process) -> None:
        """Pass input from the connection to the command, until the connection ends."""
        with contextlib.suppress(OSError):
            while chunk := await self._line.reader.read(CHUNK):
                self._forward(chunk)
        signals.send(process.pid, signal.SIGHUP)
        await asyncio.sleep(HANGUP_SECONDS)
        signals.send(process.pid, signal.SIGKILL)

    def _forward(self, chunk: bytes) -> None:
        if self._input is None or self._input.is_closing():
            return
        ends = not self._tty and chunk.endswith(END_OF_INPUT)
        self._input.write(chunk.removesuffix(END_OF_INPUT) if ends else chunk)
        if ends:
            self._input.close()

    async def _write_output(self) -> None:
        """Pass output from the command to the connection, until no process has the output open."""
        with contextlib.suppress(OSError):
            while self._output and (chunk := await self._output.read(CHUNK)):
                self._line.writer.write(chunk)
                await self._line.writer.drain()


def _resize(terminal: int, env: Mapping[str, str]) -> None:
    lines, columns = (env.get(name, "") for name in ("LINES", "COLUMNS"))
    if lines.isdecimal() and columns.isdecimal():
        size = struct.pack("HHHH", min(int(lines), 9999), min(int(columns), 9999), 0, 0)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
