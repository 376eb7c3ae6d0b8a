"""Parsing of responses, with errors that hold no part of them except Heroku's own message.

Any value may be a secret, such as that of a config var.  The errors of parsers contain the text
that they cannot parse, so they are replaced and neither chained nor printed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from dynostack.provider.errors import UNEXPLAINED, UnusableError
from dynostack.provider.expected import TEXT, record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from dynostack.provider.expected import Expected

_REFUSAL = record(id=TEXT, message=TEXT)
_ERROR_ID = re.compile(r"[a-z_]{1,64}")
_LINE_BYTES = 1 << 16


def usable(request: str, status: int, content: bytes, expected: Expected) -> Any:
    """Return the value of a response, after checking its shape.

    Raises:
        UnusableError: the response is not as expected; the message names `request`.
    """
    if not 200 <= status < 300:
        problem: str | None = "its status is unexpected"
    elif not content:
        problem = "it is empty"
    else:
        try:
            value = _decoded(content)
        except ValueError as error:
            problem = str(error)
        else:
            problem = expected.problem(value)
    if problem:
        raise UnusableError(request, status, problem)
    return value


def reason(content: bytes) -> tuple[str, str]:
    """Return an error's id and message, or replacements if Heroku did not send the error."""
    try:
        body = _decoded(content)
    except ValueError:
        body = None
    if _REFUSAL.problem(body) is None and _ERROR_ID.fullmatch(body["id"]):
        return body["id"], body["message"]
    return UNEXPLAINED, "The response is not from Heroku's API."


def _decoded(content: bytes) -> Any:
    """Return the value of a JSON text.

    JSON is UTF-8, whatever charset a header names.
    https://www.rfc-editor.org/rfc/rfc8259#section-8.1

    Raises:
        ValueError: it is not JSON; the message does not contain the text.
    """
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON in UTF-8, or is incomplete") from None


def cause(error: Exception) -> str:
    """Return why there is no response.

    aiohttp's own messages repeat bytes of the response, except for a connection that failed.
    """
    import aiohttp

    if isinstance(error, TimeoutError):
        return "no response in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or "the connection broke"
    if isinstance(error, aiohttp.InvalidURL):
        return "its address is invalid"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the connection was closed before the response"
    return "the response is incomplete or not HTTP"


async def lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of a stream as they come; long lines in pieces."""
    pending = b""
    async for chunk in content.iter_any():
        *complete, pending = (pending + chunk).split(b"\n")
        for line in complete:
            yield line
        if len(pending) >= _LINE_BYTES:
            yield pending
            pending = b""
    if pending:
        yield pending
