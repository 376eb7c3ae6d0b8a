"""Registers running process groups, so that none outlives its server."""

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

# Setting the system clock changes the time at which a process seems to have started.
CLOCK_SECONDS = 60
REAPER = Path(__file__).with_name("process_reaper.py")


class ProcessRegistry:
    """The running process groups, registered so that none outlives its server.

    Two mechanisms end them if the server is killed: the reaper, a small process that ends them at
    once, and this registry on disk, with which the next server ends what the reaper missed. If the
    disk is full, only the reaper works.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[int, float] = {}
        self._reaper: subprocess.Popen[bytes] | None = None

    def add(self, pid: int) -> None:
        """Register a group."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._running[pid] = psutil.Process(pid).create_time()
            self._write()
            self._send_order(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """Remove a group that has ended."""
        if self._running.pop(pid, None) is not None:
            self._write()
            self._send_order(f"-{pid}\n")

    def end_leftovers(self) -> None:
        """End the groups of an earlier server."""
        if not self._path.exists():
            return
        for pid, created in self._read():
            with contextlib.suppress(psutil.NoSuchProcess):
                difference = abs(psutil.Process(pid).create_time() - created)
                if difference < CLOCK_SECONDS:
                    send(pid, signal.SIGKILL)
        self._path.unlink()

    def close(self) -> None:
        """Stop the reaper."""
        if self._reaper and self._reaper.stdin:
            self._reaper.stdin.close()
            self._reaper.wait()
            self._reaper = None

    def _read(self) -> list[tuple[int, float]]:
        """Read the groups of an earlier server; none if the file is damaged."""
        try:
            return [(int(pid), float(at)) for pid, at in json.loads(self._path.read_text())]
        except (ValueError, TypeError):
            logging.getLogger(__name__).warning(
                "%s is damaged: processes of an earlier run may still be running", self._path
            )
            return []

    def _write(self) -> None:
        with disk_full.suppressed():
            write_private(self._path, json.dumps(list(self._running.items())))

    def _send_order(self, order: str) -> None:
        if self._reaper is None or self._reaper.poll() is not None:
            self._reaper = _start_reaper()
            order = "".join(f"+{pid}\n" for pid in self._running)
        # If the reaper was killed, the next change starts another one.
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", self._reaper.stdin).write(order.encode())


def _start_reaper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", REAPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
        bufsize=0,
    )
