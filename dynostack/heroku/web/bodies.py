"""What a request says in its body: a JSON object."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from dynostack.heroku.errors import BodyError, BodySizeError

LARGEST_BYTES = 1 << 20
SAID = web.RequestKey("said", bytes)
"""The body of a request that was read, as far as it was."""


async def read(request: web.Request) -> dict[str, Any]:
    """The object, empty where there is no body; it can be read again.

    Raises BodyError and BodySizeError.
    """
    if SAID not in request:
        request[SAID] = await _said(request)
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


async def _said(request: web.Request) -> bytes:
    """All of it, or more than may be said."""
    text = b""
    async for chunk in request.content.iter_any():
        text += chunk
        if len(text) > LARGEST_BYTES:
            break
    return text


def _refuse_constant(name: str) -> None:
    """NaN and the infinities, which Python reads, are no JSON.  RFC 8259 section 6"""
    raise ValueError(name)
