"""The HTTP client of every command: httpx, with the certificates and proxies of this machine."""

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

    httpx's own defaults are its own list of certificates, which lacks a company's, and an error
    wherever the environment names a SOCKS proxy.

    Args:
        address: where the calls go to.
        headers: what every call sends, such as a token.
        timeout: seconds to wait for a connection, and for the next bytes of an answer.
        follow_redirects: go where the server points to; never with a token.

    Raises:
        httpx.ProxyError: the environment names a proxy of a kind that is not supported.
    """
    proxy = network.proxy(address)
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    if proxy and not proxy.startswith(("http://", "https://")):
        raise httpx.ProxyError("the proxy that the environment names is not an HTTP proxy")
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
    """Return why a call failed, in the system's words; never a text that repeats a header."""
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer broke off, or is not HTTP"
    if isinstance(error, httpx.NetworkError | httpx.TimeoutException | httpx.ProxyError):
        return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
    return type(error).__name__


def lines_of(answer: httpx.Response) -> Iterator[str]:
    """Return the lines of an answer as they come.

    A line ends at a line feed alone: httpx would also end it at the carriage returns of a progress
    bar, and at characters of Unicode.
    """
    rest = b""
    for block in answer.iter_bytes():
        *lines, rest = (rest + block).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")


@cache
def certificates() -> ssl.SSLContext:
    """Return what trusts whom this machine trusts; loading that takes 20 ms."""
    return ssl.create_default_context()


def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
