"""What a request says in its body: a JSON object."""

from __future__ import annotations

import asyncio
import io
import json
import math
import zlib
from collections.abc import AsyncIterator
from gzip import GzipFile
from typing import Any

from aiohttp import web

from localheroku.core.errors import (
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
IDLE_SECONDS = 55.0
"""Between two pieces.  https://devcenter.heroku.com/articles/request-timeout"""
RAW_BODY = web.RequestKey("raw_body", bytes)
"""The body of a request as it was sent, as far as it was read."""
DECODED_BODY = web.RequestKey("decoded_body", bytes)
"""The body of a request, decompressed."""


async def chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it was sent, while it comes.

    Raises BodyBrokenOffError when its end does not: the client went away, says nothing any more or
    speaks no HTTP.
    """
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await request.content.readany()
        except (ConnectionError, TimeoutError, web.RequestPayloadError):
            raise BodyBrokenOffError from None
        if not chunk:
            return
        yield chunk


async def read(request: web.Request) -> dict[str, Any]:
    """The object, empty where there is no body; it can be read again.

    Raises BodyError, BodySizeError, BodyBrokenOffError, BodyCodingError and BodyPackedError.
    """
    if RAW_BODY not in request:
        request[RAW_BODY] = await _read_raw(request)
    if DECODED_BODY not in request:
        request[DECODED_BODY] = _decompress(
            request[RAW_BODY], request.headers.get("Content-Encoding", "")
        )
    text = request[DECODED_BODY]
    if len(text) > LARGEST_BYTES:
        raise BodySizeError(limit=LARGEST_BYTES)
    if not text.strip():
        return {}
    try:
        body = json.loads(text.decode(), parse_constant=_refuse_constant, parse_float=_finite)
        # Half of a surrogate pair is no text: nothing could store it or send it on.
        if b"\\u" in text:
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BodyError from None
    if not isinstance(body, dict):
        raise BodyError
    return body


async def _read_raw(request: web.Request) -> bytes:
    """All of it, or more than may be sent."""
    text = b""
    async for piece in chunks(request):
        text += piece
        if len(text) > LARGEST_BYTES:
            break
    return text


def _decompress(raw: bytes, coding: str) -> bytes:
    """All that it says, or more than may be said."""
    coding = coding.strip().lower()
    if coding in ("", "identity") or len(raw) > LARGEST_BYTES:
        return raw
    if coding not in CODINGS:
        raise BodyCodingError(coding=coding)
    try:
        with GzipFile(fileobj=io.BytesIO(raw)) as packed:
            return packed.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise BodyPackedError from None


def _finite(text: str) -> float:
    """A number that is too large to be one would be an infinity."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse_constant(name: str) -> None:
    """NaN and the infinities, which Python reads, are no JSON.  RFC 8259 section 6"""
    raise ValueError(name)
