"""Ports for the servers that tests start, and start again."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator

from localheroku.addons import ports

FIRST, LAST = 10_000, ports.FIRST
"""Where neither outgoing connections nor add-ons are: a server that stops keeps its port."""


def free_port() -> int:
    """A loopback port that nobody uses, and no other process that shares these tests will."""
    return next(_free)


def _own() -> range:
    """Every port of which this process disposes, of several as pytest-xdist numbers them."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return range(FIRST + number, LAST, count)


def _ports() -> Iterator[int]:
    own = _own()
    # Whoever runs the tests a second time at the same time begins elsewhere.
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
