"""Ports that stay an add-on's own across restarts, as its address names them."""

from __future__ import annotations

import secrets
import socket

HOST = "127.0.0.1"
# Below the ports that Linux (32768) and macOS (49152) hand out to outgoing connections,
# so that none of those can sit on an add-on's port while its server is down.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """A loopback port nobody listens on now."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
