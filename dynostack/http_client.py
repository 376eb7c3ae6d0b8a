"""The HTTP client that every command uses: httpx with this machine's certificates and proxies."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from functools import cache

import httpx

from dynostack import network


def client(
    address: str,
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float | None,
    follow_redirects: bool = False,
) -> httpx.Client:
    """Return a client for one address.

    By default, httpx uses its own list of certificates, which lacks a company's, and fails if the
    environment names a SOCKS proxy.

    Args:
        address: the address of the calls.
        headers: headers of every call, such as one with a token.
        timeout: seconds to wait for a connection, and for the next bytes of a response.
        follow_redirects: whether to follow redirects; never with a token.

    Raises:
        httpx.ProxyError: the environment names a proxy of an unsupported kind.
    """
    proxy = network.proxy(address)
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    if proxy and not proxy.startswith(("http://", "https://")):
        raise httpx.ProxyError("the proxy in the environment is not an HTTP proxy")
    plain = address.startswith("http:") and not follow_redirects
    return httpx.Client(
        headers={"User-Agent": "dynostack", **(headers or {})},
        timeout=timeout,
        follow_redirects=follow_redirects,
        verify=_trusting_nobody() if plain else certificates(),
        proxy=proxy,
        trust_env=False,
    )


def reason(error: Exception) -> str:
    """Return why a call failed, as the system reports it; the text never repeats a header."""
    if isinstance(error, httpx.RemoteProtocolError):
        return "the response is incomplete or not HTTP"
    if isinstance(error, httpx.NetworkError | httpx.TimeoutException | httpx.ProxyError):
        return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
    return type(error).__name__


def lines_of(answer: httpx.Response) -> Iterator[str]:
    """Yield the lines of a response as they come.

    Only a line feed ends a line: httpx would also split at the carriage returns of a progress bar
    and at Unicode's line separators.
    """
    rest = b""
    for block in answer.iter_bytes():
        *lines, rest = (rest + block).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")


@cache
def certificates() -> ssl.SSLContext:
    """Return a TLS context with this machine's trusted certificates; loading them takes 20 ms."""
    return ssl.create_default_context()


def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
