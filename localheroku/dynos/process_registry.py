"""The record of what runs, so that no process outlives its server."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

import psutil

from localheroku.core import disk_full
from localheroku.core.atomic_files import write_private
from localheroku.dynos.signals import send

# A set clock moves the time at which a process seems to have started.
CLOCK_SECONDS = 60
WARDEN = Path(__file__).with_name("process_reaper.py")


class Book:
    """The groups that run, so that none outlives its server.

    Two lines of defence when the server is killed: the warden, a small process which ends them at
    once, and this book on disk, by which the next server ends what the warden left.  A full disk
    leaves the first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[int, float] = {}
        self._warden: subprocess.Popen[bytes] | None = None

    def add(self, pid: int) -> None:
        """Watch over a group."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._running[pid] = psutil.Process(pid).create_time()
            self._write()
            self._tell(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """A group has ended."""
        if self._running.pop(pid, None) is not None:
            self._write()
            self._tell(f"-{pid}\n")

    def end_leftovers(self) -> None:
        """End the groups of an earlier server."""
        if not self._path.exists():
            return
        for pid, created in self._read():
            with contextlib.suppress(psutil.NoSuchProcess):
                apart = abs(psutil.Process(pid).create_time() - created)
                if apart < CLOCK_SECONDS:
                    send(pid, signal.SIGKILL)
        self._path.unlink()

    def close(self) -> None:
        """Let the warden go."""
        if self._warden and self._warden.stdin:
            self._warden.stdin.close()
            self._warden.wait()
            self._warden = None

    def _read(self) -> list[tuple[int, float]]:
        """What an earlier server noted; what it ran is the warden's alone if that is damaged."""
        try:
            return [(int(pid), float(at)) for pid, at in json.loads(self._path.read_text())]
        except (ValueError, TypeError):
            logging.getLogger(__name__).warning(
                "%s is damaged: what it names may run on", self._path
            )
            return []

    def _write(self) -> None:
        with disk_full.forgiven():
            write_private(self._path, json.dumps(list(self._running.items())))

    def _tell(self, order: str) -> None:
        if self._warden is None or self._warden.poll() is not None:
            self._warden = _start_warden()
            order = "".join(f"+{pid}\n" for pid in self._running)
        # A warden that was killed is replaced by the next order.
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", self._warden.stdin).write(order.encode())


def _start_warden() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", WARDEN],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
        bufsize=0,
    )
