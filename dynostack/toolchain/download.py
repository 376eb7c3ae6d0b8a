"""Getting a file over HTTP, giving up soon where there is no network."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from .progress import Progress

BLOCK = 1 << 18
SMALL = 1 << 20
"""Bytes that a list of checksums may have."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait before the network counts as absent."""

    connect: float = 5.0
    """For each address of the host to answer."""
    start: float = 10.0
    """For the first answer in all: looking up the name, and every address of the host."""
    stall: float = 20.0
    """For the next bytes of a download that has started."""


@dataclass(frozen=True)
class Network:
    """Reads over HTTP.  Everything raises Unavailable when it does not come, or not whole."""

    patience: Patience = field(default_factory=Patience)

    def text(self, address: str) -> str:
        """The small text at `address`, within the first answer's time."""
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


def is_safe(address: str) -> bool:
    """Return whether nobody on the way can change what comes from an address.

    That is https, or this machine itself.
    """
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


class NoDowngrade(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not from https to a connection that anybody can change."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        downgrade = req.full_url.startswith("https:") and not newurl.startswith("https:")
        if downgrade or not is_safe(newurl):
            raise Unavailable(f"{req.full_url} redirects to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _blocks(address: str, timeout: float, limit: int | None = None) -> Iterator[bytes]:
    received = 0
    try:
        with _open(address, timeout) as answer:
            length = answer.headers.get("Content-Length")
            while block := answer.read(BLOCK):
                received += len(block)
                if limit is not None and received > limit:
                    raise Unavailable(f"{address} is not the small text it should be")
                yield block
    except urllib.error.HTTPError as error:
        with error:
            raise Unavailable(f"{address} answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{address} cannot be had: {_reason(error)}") from error
    if length is not None and received != int(length):
        raise Unavailable(f"{address} ended after {received} of {length} bytes")


def _open(address: str, timeout: float) -> AbstractContextManager[http.client.HTTPResponse]:
    if not is_safe(address):
        raise Unavailable(f"{address} is not https")
    request = urllib.request.Request(address, headers={"User-Agent": "dynostack"})  # noqa: S310
    opened: http.client.HTTPResponse = urllib.request.build_opener(NoDowngrade).open(
        request, timeout=timeout
    )
    return opened


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        error = error.reason if isinstance(error.reason, Exception) else error
    return str(getattr(error, "strerror", None) or error)


def _within(seconds: float, address: str, read: Callable[[], str]) -> str:
    """`read()`, given up after `seconds`: looking up a name has no timeout of its own."""
    outcome: list[str | Exception] = []

    def run() -> None:
        try:
            outcome.append(read())
        except Exception as error:  # handed to the thread that waits
            outcome.append(error)

    # A daemon, so that one that hangs does not keep the command from ending.
    thread = threading.Thread(target=run, daemon=True)
    started = time.monotonic()
    thread.start()
    thread.join(seconds)
    if not outcome:
        waited = time.monotonic() - started
        raise Unavailable(f"{address} does not answer within {waited:.0f} s")
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]
