"""Reads the body of a request: a JSON object."""

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
"""The limit in bytes, also after decompression."""
CODINGS = ("gzip", "x-gzip")
"""The supported content codings.  RFC 9110 section 8.4.1."""
IDLE_SECONDS = 55.0
"""The longest pause between two chunks.  https://devcenter.heroku.com/articles/request-timeout"""
RAW_BODY = web.RequestKey("raw_body", bytes)
"""The body of a request as it was sent, as far as it was read."""
DECODED_BODY = web.RequestKey("decoded_body", bytes)
"""The body of a request, decompressed."""


async def chunks(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the body as it was sent, while it arrives.

    Raises:
        BodyBrokenOffError: it ended early: the client disconnected, stopped sending or sent invalid
            HTTP.
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
    """Return the body's object, empty without a body; it can be read again.

    Raises:
        ApiError: BodyError, BodySizeError, BodyBrokenOffError, BodyCodingError or BodyPackedError.
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
        # Half of a surrogate pair is not valid text: it could not be stored or sent.
        if b"\\u" in text:
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BodyError from None
    if not isinstance(body, dict):
        raise BodyError
    return body


async def _read_raw(request: web.Request) -> bytes:
    """Read the whole body, or just more than the limit."""
    text = b""
    async for piece in chunks(request):
        text += piece
        if len(text) > LARGEST_BYTES:
            break
    return text


def _decompress(raw: bytes, coding: str) -> bytes:
    """Return the whole decompressed body, or just more than the limit."""
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
    """Parse a number; reject one that is too large, which would become an infinity."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse_constant(name: str) -> None:
    """Reject NaN and the infinities, which are not JSON.  RFC 8259 section 6."""
    raise ValueError(name)
