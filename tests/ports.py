"""Ports for servers that tests start and restart."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator

from localheroku.addons import ports

FIRST, LAST = 10_000, ports.FIRST
"""Ports that neither outgoing connections nor add-ons use: a stopped server keeps its port."""


def free_port() -> int:
    """Return a port that nobody uses and that no other process of this test run will use."""
    return next(_free)


def _own() -> range:
    """Yield the ports for this process, of the processes that pytest-xdist numbers."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return range(FIRST + number, LAST, count)


def _ports() -> Iterator[int]:
    own = _own()
    # A second test run at the same time starts with other ports.
    begin = secrets.randbelow(len(own))
    while True:
        yield from filter(_is_free, (*own[begin:], *own[:begin]))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((ports.HOST, port))
        except OSError:
            return False
    return True


_free = _ports()
