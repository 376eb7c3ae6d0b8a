"""A server to measure: its start, its time to start, its memory and its stop."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.load import Request, load

START_SECONDS = 30.0
PAUSE_SECONDS = 0.005


@dataclass(frozen=True)
class Server:
    """A running server; `started` is the time in seconds from its start to its first response."""

    port: int
    process: psutil.Process
    started: float

    @property
    def megabytes(self) -> float:
        """The server's resident memory."""
        return float(self.process.memory_info().rss) / (1 << 20)


@contextmanager
def running(command: Sequence[str], port: int, look: Request, **variables: str) -> Iterator[Server]:
    """Run a server during the block, after waiting until it answers `look` with status 2xx.

    Raises:
        RuntimeError: that takes longer than START_SECONDS.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_answer(port, look)
        yield Server(port, psutil.Process(process.pid), time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def _await_answer(port: int, look: Request) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            load(port, [look], connections=1)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"the server under test did not answer within {START_SECONDS:.0f} s"
                ) from None
            time.sleep(PAUSE_SECONDS)
