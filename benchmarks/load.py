"""Many requests to a server on this machine, over connections that are reused if possible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"
CONNECTIONS = 8


@dataclass(frozen=True)
class Request:
    """One HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def encoded(self, port: int) -> bytes:
        """Return the bytes of the request for a server on a port."""
        headers = {"Host": f"{HOST}:{port}", "Content-Length": str(len(self.body)), **self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Load:
    """The result: requests per second, and the time within which 99 % were answered."""

    a_second: float
    p99_ms: float


def load(port: int, requests: Sequence[Request], connections: int = CONNECTIONS) -> Load:
    """Send all requests and measure the time.

    Raises:
        RuntimeError: the status of a response is not 2xx.
    """
    return asyncio.run(_load(port, [each.encoded(port) for each in requests], connections))


async def _load(port: int, requests: Sequence[bytes], connections: int) -> Load:
    began = time.perf_counter()
    work = [_send(port, requests[first::connections]) for first in range(connections)]
    times = [each for client in await asyncio.gather(*work) for each in client]
    seconds = time.perf_counter() - began
    times.sort()
    return Load(len(times) / seconds, times[int(0.99 * (len(times) - 1))] * 1000)


async def _send(port: int, requests: Sequence[bytes]) -> list[float]:
    times: list[float] = []
    reader, writer = await asyncio.open_connection(HOST, port)
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        stays = await _answer(reader)
        times.append(time.perf_counter() - began)
        if not stays:
            writer.close()
            reader, writer = await asyncio.open_connection(HOST, port)
    writer.close()
    return times


async def _answer(reader: asyncio.StreamReader) -> bool:
    """Read a response and return whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.strip().split("\r\n")
    if not status.split()[1].startswith("2"):
        raise RuntimeError(f"the server under test answered {status}")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    await reader.readexactly(int(headers["content-length"]))
    return status.startswith("HTTP/1.1") and headers.get("connection", "").lower() != "close"
