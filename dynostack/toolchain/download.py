"""Downloads over HTTP that fail soon if there is no network."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from dynostack.http_client import client, reason
from dynostack.network import is_safe

from .errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .progress import Progress

BLOCK = 1 << 18
SMALL = 1 << 20
"""The maximum size of a list of checksums, in bytes."""


@dataclass(frozen=True)
class Patience:
    """Timeouts in seconds, after which the network counts as unavailable."""

    connect: float = 5.0
    """For a connection to each address of the host."""
    start: float = 10.0
    """For the whole first response, including the DNS lookup and all addresses of the host."""
    stall: float = 20.0
    """For the next bytes of a download that has started."""


@dataclass(frozen=True)
class Network:
    """Downloads over HTTP; every method raises Unavailable if a download fails or is incomplete."""

    patience: Patience = field(default_factory=Patience)

    def text(self, address: str) -> str:
        """Return the small text at `address`, within the timeout of a first response."""
        return _within(
            self.patience.start,
            address,
            lambda: b"".join(_blocks(address, self.patience.connect, SMALL)).decode(),
        )

    def save(self, address: str, path: Path, progress: Progress) -> None:
        """Save the file at `address` as `path`."""
        received = 0
        with path.open("wb") as file:
            for block in _blocks(address, self.patience.stall):
                received += file.write(block)
                progress.show(f"downloading {address}: {received >> 20} MB")


def _blocks(address: str, timeout: float, limit: int | None = None) -> Iterator[bytes]:
    if not is_safe(address):
        raise Unavailable(f"{address} is not https")
    headers = {"Accept-Encoding": "identity"}
    try:
        with client(address, headers, timeout=timeout, follow_redirects=True) as http:
            http.event_hooks = {"response": [_refuse_downgrade]}
            with http.stream("GET", address) as answer:
                yield from _content(answer, address, limit)
    except httpx.HTTPError as error:
        raise Unavailable(f"cannot download {address}: {reason(error)}") from error


def _refuse_downgrade(answer: httpx.Response) -> None:
    """Check that a redirect does not lead from https to an insecure address.

    Raises:
        Unavailable: it does.
    """
    if not answer.has_redirect_location:
        return
    target = answer.url.join(answer.headers["Location"])
    is_downgrade = answer.url.scheme == "https" and target.scheme != "https"
    if is_downgrade or not is_safe(str(target)):
        raise Unavailable(f"{answer.url} redirects to {target}, which is not https")


def _content(answer: httpx.Response, address: str, limit: int | None) -> Iterator[bytes]:
    if not answer.is_success:
        raise Unavailable(f"{address} answers {answer.status_code} {answer.reason_phrase}")
    try:
        for block in answer.iter_raw(BLOCK):
            if limit is not None and answer.num_bytes_downloaded > limit:
                raise Unavailable(f"{address} is too large: more than {limit} bytes")
            yield block
    except httpx.RemoteProtocolError as error:
        length = answer.headers.get("Content-Length")
        received = f"{answer.num_bytes_downloaded}{f' of {length}' if length else ''} bytes"
        raise Unavailable(f"the download of {address} ended after {received}") from error


def _within(seconds: float, address: str, read: Callable[[], str]) -> str:
    """Return `read()`, but give up after `seconds`: a DNS lookup has no timeout.

    Raises:
        Unavailable: there is no result in time.
    """
    outcome: list[str | Exception] = []

    def run() -> None:
        try:
            outcome.append(read())
        except Exception as error:  # handed to the thread that waits
            outcome.append(error)

    # A daemon thread, so that the command can end while the DNS lookup hangs.
    thread = threading.Thread(target=run, daemon=True)
    started = time.monotonic()
    thread.start()
    thread.join(seconds)
    if not outcome:
        waited = time.monotonic() - started
        raise Unavailable(f"{address} did not answer within {waited:.0f} s")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]
