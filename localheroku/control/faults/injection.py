"""Injects the matching faults into a call."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from localheroku.api.endpoint import Found
from localheroku.control.faults import naming, unseen
from localheroku.control.faults.kinds import KINDS, SAFE_METHODS, InjectedCall
from localheroku.control.faults.models import CallFacts, Faults
from localheroku.git import transport
from localheroku.http.request_log import product
from localheroku.platform import Platform

Perform = Callable[[], Awaitable[web.StreamResponse]]


async def apply(
    platform: Platform,
    request: web.Request,
    headers: Mapping[str, str],
    found: Found | None,
    perform: Perform,
) -> web.StreamResponse:
    """Answer a call with the matching faults; the oldest one wraps the others."""
    endpoint = found[0] if found else None
    names = await naming.names(platform, request, found)
    facts = CallFacts(
        method=request.method,
        path=request.path,
        route=endpoint.name if endpoint else transport.route(request),
        client=product(request.headers.get("User-Agent")),
        app=naming.app_identities(platform, names),
    )
    faults = platform.faults.matching(facts)
    if endpoint and request.method in SAFE_METHODS:
        perform = partial(_omit_hidden, platform.faults, headers, perform)
    perform = partial(_perform_unless_hidden, platform.faults, names, headers, perform)
    for fault in reversed(faults):
        kind = KINDS[fault.kind]
        perform = partial(
            kind.inject, fault, InjectedCall(platform, request, headers, endpoint, perform)
        )
    return await perform()


async def _perform_unless_hidden(
    faults: Faults, names: list[naming.Name], headers: Mapping[str, str], perform: Perform
) -> web.StreamResponse:
    """Perform the call, unless it names a hidden resource."""
    missing = faults.find_hidden(names)
    return _not_found(missing, headers) if missing else await perform()


async def _omit_hidden(
    faults: Faults, headers: Mapping[str, str], perform: Perform
) -> web.StreamResponse:
    """Perform the call and remove hidden resources from its answer."""
    response = await perform()
    if not isinstance(response, web.Response):
        return response
    document = json.loads(response.text or "null")
    items = [
        one for one in (document if isinstance(document, list) else [document]) if _has_id(one)
    ]
    missing = faults.hidden_kinds([one["id"] for one in items])
    if missing and document is items[0]:
        return _not_found(missing[document["id"]], headers)
    if missing:
        response.text = json.dumps([one for one in items if one["id"] not in missing])
        del response.headers["ETag"]
    return response


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _not_found(name: str, headers: Mapping[str, str]) -> web.Response:
    error = unseen.error_of(name)
    return web.json_response(error.document(), status=error.status, headers=headers)
