"""One call of an endpoint: what all requests and answers of the Platform API have in common."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from aiohttp import web

from localheroku.api.endpoint import Call, Found
from localheroku.auth import authorization
from localheroku.core import body_schema
from localheroku.core.errors import EndpointNotFoundError
from localheroku.http import bodies, redacted_path
from localheroku.http.range import page, parse
from localheroku.platform import Platform

TAG = re.compile(r'"[^"]*"')


async def perform(
    platform: Platform, request: web.Request, headers: dict[str, str], found: Found | None
) -> web.Response:
    """Answer a call of the endpoint.

    Args:
        platform: the local Heroku.
        request: the call.
        headers: those of the answer, to which the call adds its own.
        found: the endpoint and the values in the path; None if there is none.

    Raises:
        ApiError: the call is refused.
    """
    if found is None:
        raise EndpointNotFoundError(method=request.method, path=request[redacted_path.PATH])
    endpoint, path = found
    range_header = request.headers.get("Range")
    requested_range = parse(range_header, endpoint.order_by) if endpoint.order_by else None
    body = await bodies.read(request)
    authorization.check(platform, endpoint.needs, path, body)
    if endpoint.takes is not None:
        body_schema.check(body, endpoint.takes)
    call = Call(
        platform,
        path,
        body,
        request.query,
        inclusions=_header_words(request.headers.get("Accept-Inclusion", "")),
        expansions=_header_words(request.headers.get("Accept-Expansion", "")),
        headers=headers,
    )
    answer = await endpoint.handler(call)
    if requested_range is None:
        return _json(request, answer, endpoint.status, headers)
    range_page = page(answer, requested_range, endpoint.order_by)
    headers.update(range_page.headers)
    return _json(request, range_page.items, 206 if range_page.partial else endpoint.status, headers)


def _header_words(header: str) -> frozenset[str]:
    return frozenset(word.strip() for word in header.split(","))


def _json(
    request: web.Request, document: Any, status: int, headers: dict[str, str]
) -> web.Response:
    text = json.dumps(document, ensure_ascii=False)
    if request.method in ("GET", "HEAD"):
        headers["ETag"] = tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        if _has_current_version(request, tag):
            return web.Response(status=304, headers=headers)
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def _has_current_version(request: web.Request, tag: str) -> bool:
    """Return whether the client has the version of this tag.  RFC 9110 section 13.1.2."""
    if "If-None-Match" not in request.headers:
        return False
    tags = ", ".join(request.headers.getall("If-None-Match"))
    return tags == "*" or tag in TAG.findall(tags)
