"""Runs one dynostack command for several stacks, each in its own process, some at a time.

Each process has its own session, so that it gets each interrupt once, from here.  At an interrupt
no further stack is started, and every running process ends as it does on its own: the engine
finishes its current operation, saves the state and releases the lock.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.errors import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEP = "==> "
"""The beginning of a line of progress on a command's stderr."""
LONGEST_LINE_BYTES = 1 << 24
DONE, CHANGES, NEEDS_A_YES = 0, 2, 3
_MILDEST_FIRST = (DONE, CHANGES, NEEDS_A_YES)
NOT_STARTED = "not started, because the command was interrupted"


@dataclass(frozen=True)
class Job:
    """The command for one stack."""

    stack: str
    arguments: tuple[str, ...]
    """The arguments of `dynostack`."""

    @classmethod
    def of(cls, stack: str, *command: str) -> Job:
        """Return the job of one stack, whose name may begin with a dash.

        Args:
            stack: the stack's name, which the command takes as its only argument.
            command: the words of the command and its options.
        """
        return cls(stack, (*command, "--", stack))


@dataclass(frozen=True)
class Ended:
    """A job that has ended, or that was not started."""

    job: Job
    exit_code: int
    output: str = field(repr=False)
    """Its stdout."""
    message: str
    """Its stderr without lines of progress; if it was not started, the reason."""
    was_started: bool = True


@dataclass
class Jobs:
    """Some jobs of one project."""

    project: Path
    at_once: int
    ended: Callable[[Ended], None]
    """Called with each job when it has ended."""
    line: Callable[[str, str], None] | None = None
    """Called with the stack and each line that a job prints on stderr; None to ignore them."""
    fails_fast: bool = False
    """Whether no further job is started after one that failed or was refused."""
    _running: set[Process] = field(default_factory=set)
    _stopped: str = ""
    """Why no further job is started; empty as long as they are."""

    def run(self, jobs: Sequence[Job]) -> list[Ended]:
        """Run the jobs, the first ones first, and return them in their order.

        Raises:
            KeyboardInterrupt: there was an interrupt; raised when all processes have ended.
        """
        results = asyncio.run(self._all(jobs))
        if self._stopped == NOT_STARTED:
            raise KeyboardInterrupt
        return results

    async def _all(self, jobs: Sequence[Job]) -> list[Ended]:
        slots = asyncio.Semaphore(self.at_once)
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._interrupt)
        return await asyncio.gather(*(self._one(job, slots) for job in jobs))

    def _interrupt(self) -> None:
        self._stopped = NOT_STARTED
        for process in self._running:
            _interrupt(process)

    async def _one(self, job: Job, slots: asyncio.Semaphore) -> Ended:
        async with slots:
            if self._stopped:
                result = Ended(job, INTERRUPTED, "", self._stopped, was_started=False)
            else:
                result = await self._process(job)
        if self.fails_fast and result.exit_code != DONE and not self._stopped:
            self._stopped = f"not started, because {job.stack} failed (--fail-fast)"
        self.ended(result)
        return result

    async def _process(self, job: Job) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "dynostack", *job.arguments),
            cwd=self.project,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            limit=LONGEST_LINE_BYTES,
        )
        self._running.add(process)
        if self._stopped == NOT_STARTED:
            _interrupt(process)
        assert process.stdout and process.stderr  # noqa: S101, PT018 - it has pipes
        output, message = await asyncio.gather(
            process.stdout.read(), self._messages(job.stack, process.stderr)
        )
        exit_code = await process.wait()
        self._running.discard(process)
        code = exit_code if exit_code >= 0 else 128 - exit_code
        return Ended(job, code, output.decode(errors="replace"), message)

    async def _messages(self, stack: str, errors: asyncio.StreamReader) -> str:
        """Pass on each line of stderr, and return those that are no lines of progress."""
        kept = []
        async for read in errors:
            line = read.decode(errors="replace").rstrip("\n")
            if self.line:
                self.line(stack, line)
            if not line.startswith(STEP):
                kept.append(line)
        return "\n".join(kept).strip()


def worst(jobs: Sequence[Ended]) -> int:
    """Return the worst exit code of jobs: an error, then 3 (refused), 2 (changes) and 0."""
    codes = [each.exit_code for each in jobs if each.was_started]
    known = [_MILDEST_FIRST.index(code) for code in codes if code in _MILDEST_FIRST]
    errors = [code for code in codes if code not in _MILDEST_FIRST]
    return errors[0] if errors else _MILDEST_FIRST[max(known, default=0)]


def _interrupt(process: Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
