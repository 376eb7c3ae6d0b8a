"""Ports that an add-on keeps across restarts, as its address contains them."""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING, TypeVar

from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST = "127.0.0.1"
# Below the ports that Linux (32768) and macOS (49152) assign to outgoing connections,
# so none of those can occupy an add-on's port while its server is down.
FIRST, LAST = 20_000, 32_000
START_ATTEMPTS = 5
T = TypeVar("T")


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    while not is_free(port := FIRST + secrets.randbelow(LAST - FIRST)):
        pass
    return port


def is_free(port: int) -> bool:
    """Return whether nothing listens on the loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def taken(port: int) -> str:
    """Return the part of an error message about a port that another program listens on."""
    return f"another program uses its port {port}: end that program"


async def start_on_free_port(start: Callable[[int], Awaitable[T]]) -> T:
    """Start a new server on a free port, and on another one if a program takes it meanwhile.

    Raises:
        ServiceFailed: the server does not start, although its port is free.
    """
    for _ in range(START_ATTEMPTS - 1):
        port = free_port()
        try:
            return await start(port)
        except ServiceFailed:
            if is_free(port):
                raise
    return await start(free_port())
