"""A server under test: started, timed, weighed and stopped."""

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
    """A server that runs; `started` are the seconds from its start to its first answer."""

    port: int
    process: psutil.Process
    started: float

    @property
    def megabytes(self) -> float:
        return float(self.process.memory_info().rss) / (1 << 20)


@contextmanager
def running(command: Sequence[str], port: int, look: Request, **variables: str) -> Iterator[Server]:
    """The server while the block runs; it is up once it answers `look` with a 2xx.

    Raises RuntimeError when that takes longer than START_SECONDS.
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
                raise RuntimeError("the server under test does not answer") from None
            time.sleep(PAUSE_SECONDS)
