"""What a request says in its body: a JSON object."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import AsyncIterator
from gzip import GzipFile
from typing import Any

from aiohttp import web

from dynostack.heroku.errors import (
    BodyBrokenOffError,
    BodyCodingError,
    BodyError,
    BodyPackedError,
    BodySizeError,
)

LARGEST_BYTES = 1 << 20
"""Also of what a compressed one turns out to be."""
CODINGS = ("gzip", "x-gzip")
"""RFC 9110 section 8.4.1"""
SENT = web.RequestKey("sent", bytes)
"""The body of a request that was read, as it was sent and as far as it was read."""
SAID = web.RequestKey("said", bytes)
"""The same, not compressed any more."""


async def pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it was sent, while it comes.

    Raises BodyBrokenOffError when its end does not: the client went away or speaks no HTTP.
    """
    try:
        async for piece in request.content.iter_any():
            yield piece
    except (ConnectionError, web.RequestPayloadError):
        raise BodyBrokenOffError from None


async def read(request: web.Request) -> dict[str, Any]:
    """The object, empty where there is no body; it can be read again.

    Raises BodyError, BodySizeError, BodyBrokenOffError, BodyCodingError and BodyPackedError.
    """
    if SENT not in request:
        request[SENT] = await _sent(request)
    if SAID not in request:
        request[SAID] = _unpacked(request[SENT], request.headers.get("Content-Encoding", ""))
    text = request[SAID]
    if len(text) > LARGEST_BYTES:
        raise BodySizeError(limit=LARGEST_BYTES)
    if not text.strip():
        return {}
    try:
        body = json.loads(text.decode(), parse_constant=_refuse_constant)
        # Half of a surrogate pair is no text: nothing could store it or send it on.
        if b"\\u" in text:
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BodyError from None
    if not isinstance(body, dict):
        raise BodyError
    return body


async def _sent(request: web.Request) -> bytes:
    """All of it, or more than may be sent."""
    text = b""
    async for piece in pieces(request):
        text += piece
        if len(text) > LARGEST_BYTES:
            break
    return text


def _unpacked(sent: bytes, coding: str) -> bytes:
    """All that it says, or more than may be said."""
    coding = coding.strip().lower()
    if coding in ("", "identity") or len(sent) > LARGEST_BYTES:
        return sent
    if coding not in CODINGS:
        raise BodyCodingError(coding=coding)
    try:
        with GzipFile(fileobj=io.BytesIO(sent)) as packed:
            return packed.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise BodyPackedError from None


def _refuse_constant(name: str) -> None:
    """NaN and the infinities, which Python reads, are no JSON.  RFC 8259 section 6"""
    raise ValueError(name)
