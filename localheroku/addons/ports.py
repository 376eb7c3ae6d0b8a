"""Ports that an add-on keeps across restarts, as its address contains them."""

from __future__ import annotations

import secrets
import socket

HOST = "127.0.0.1"
# Below the ports that Linux (32768) and macOS (49152) assign to outgoing connections,
# so none of those can occupy an add-on's port while its server is down.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
