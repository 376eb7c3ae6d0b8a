"""A call on its way through the faults that strike it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from localheroku.api.endpoint import Found
from localheroku.control.faults import naming, unseen
from localheroku.control.faults.kinds import KINDS, LOOKS, Struck
from localheroku.control.faults.models import Asked, Faults
from localheroku.git import transport
from localheroku.http.request_log import product
from localheroku.platform import Platform

Perform = Callable[[], Awaitable[web.StreamResponse]]


async def meet(
    platform: Platform,
    request: web.Request,
    headers: Mapping[str, str],
    found: Found | None,
    perform: Perform,
) -> web.StreamResponse:
    """Answer a call with the faults that strike it, the first one that was added outermost."""
    endpoint = found[0] if found else None
    named = await naming.names(platform, request, found)
    asked = Asked(
        method=request.method,
        path=request.path,
        route=endpoint.name if endpoint else transport.route(request),
        client=product(request.headers.get("User-Agent")),
        app=naming.concerned(platform, named),
    )
    striking = platform.faults.striking(asked)
    if endpoint and request.method in LOOKS:
        perform = partial(_show, platform.faults, headers, perform)
    perform = partial(_find, platform.faults, named, headers, perform)
    for fault in reversed(striking):
        kind = KINDS[fault.kind]
        perform = partial(kind.strike, fault, Struck(platform, request, headers, endpoint, perform))
    return await perform()


async def _find(
    faults: Faults, named: list[naming.Name], headers: Mapping[str, str], perform: Perform
) -> web.StreamResponse:
    """Do what is asked for, unless it names what is not found yet."""
    missing = faults.missed(named)
    return _not_found(missing, headers) if missing else await perform()


async def _show(faults: Faults, headers: Mapping[str, str], perform: Perform) -> web.StreamResponse:
    """What is asked for, without what is not found yet."""
    response = await perform()
    if not isinstance(response, web.Response):
        return response
    shown = json.loads(response.text or "null")
    items = [one for one in (shown if isinstance(shown, list) else [shown]) if _has_id(one)]
    missing = faults.unseen([one["id"] for one in items])
    if missing and shown is items[0]:
        return _not_found(missing[shown["id"]], headers)
    if missing:
        response.text = json.dumps([one for one in items if one["id"] not in missing])
        del response.headers["ETag"]
    return response


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _not_found(name: str, headers: Mapping[str, str]) -> web.Response:
    error = unseen.error_of(name)
    return web.json_response(error.document(), status=error.status, headers=headers)
