"""The kinds of faults and what each of them does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from localheroku.api.endpoint import Endpoint
from localheroku.control.faults import naming
from localheroku.control.faults.models import CreatedResource, Fault
from localheroku.core.body_schema import TEXT, BodyField, Fields
from localheroku.core.errors import ApiError
from localheroku.core.provisioning import FORCED_OUTCOME, ForcedOutcome, Outcome
from localheroku.http.rate_limit import RateLimitError
from localheroku.http.streaming import TRUNCATION, StreamingResponse, Truncation
from localheroku.platform import Platform

SAFE_METHODS = ("GET", "HEAD")
"""The methods that change nothing."""

NOT_ANSWERED = 0
"""The logged status of a call that was not answered."""

STATUS = BodyField(
    lambda value: type(value) is int and 400 <= value <= 599, "a status from 400 to 599"
)
SECONDS = BodyField(
    lambda value: type(value) in (int, float) and 0 <= value <= 86400,
    "a number of seconds, 0 to 86400",
)
MAX_COUNT = 1_000_000_000
COUNT = BodyField(
    lambda value: type(value) is int and 1 <= value <= MAX_COUNT,
    f"a whole number from 1 to {MAX_COUNT}",
)
BYTES = BodyField(
    lambda value: type(value) is int and 0 <= value <= MAX_COUNT,
    f"a whole number from 0 to {MAX_COUNT}",
)


@dataclass(frozen=True)
class InjectedCall:
    """A call that a fault is injected into; `perform` answers it."""

    platform: Platform
    request: web.Request
    headers: Mapping[str, str]
    endpoint: Endpoint | None
    perform: Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: `takes` are its options; `inject` answers the call or ends it unanswered."""

    summary: str
    inject: Callable[[Fault, InjectedCall], Awaitable[web.StreamResponse]]
    takes: Fields = field(default_factory=dict)


class ConfiguredError(ApiError):
    """An error with the id and message of the fault's options."""

    message = "{message}"

    def __init__(self, options: Mapping[str, Any]) -> None:
        message = options.get("message", "A fault of the local Heroku made this call fail.")
        super().__init__(message=message)
        self._named = {"id": options.get("id", "internal_server_error")}

    def document(self) -> dict[str, str]:
        return {**self._named, "message": str(self), "url": self.url}


async def _error(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    error = ConfiguredError(fault.options)
    status = fault.options.get("status", 500)
    return web.json_response(error.document(), status=status, headers=call.headers)


async def _latency(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    await asyncio.sleep(fault.options.get("seconds", 1))
    return await call.perform()


async def _reset_before(_: Fault, call: InjectedCall) -> web.StreamResponse:
    return _reset_connection(call.request)


async def _reset_after(_: Fault, call: InjectedCall) -> web.StreamResponse:
    await _perform_unanswered(call)
    return _reset_connection(call.request)


async def _truncate(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    """Send a head that promises the whole body, then close the connection inside the body."""
    call.request[TRUNCATION] = Truncation(
        remaining=fault.options.get("bytes"), sends_head=True, completes=_changes(call.request)
    )
    response = await call.perform()
    if isinstance(response, web.Response):
        if not isinstance(response.body, bytes):
            return response
        response = await _start_response(call.request, response, response.body)
    if call.request.transport:
        call.request.transport.close()
    return response


async def _start_response(
    request: web.Request, response: web.Response, body: bytes
) -> StreamingResponse:
    streaming = StreamingResponse(status=response.status, headers=response.headers)
    streaming.content_length = len(body)
    with suppress(ConnectionError):
        await streaming.prepare(request)
        await streaming.write(body)
    return streaming


async def _kill_before(_: Fault, call: InjectedCall) -> web.StreamResponse:
    return _kill(call.request)


async def _kill_after(_: Fault, call: InjectedCall) -> web.StreamResponse:
    await _perform_unanswered(call)
    return _kill(call.request)


async def _kill_answered(_: Fault, call: InjectedCall) -> web.StreamResponse:
    response = await call.perform()
    if not isinstance(response, web.Response):
        return _kill(call.request)
    return FinalResponse(body=response.body, status=response.status, headers=response.headers)


class FinalResponse(web.Response):
    """A response that is logged, recorded and sent like any other; then the local Heroku dies."""

    async def write_eof(self, data: bytes = b"") -> None:
        with suppress(ConnectionError):
            await super().write_eof(data)
        os.kill(os.getpid(), signal.SIGKILL)


async def _rate_limit(_: Fault, call: InjectedCall) -> web.StreamResponse:
    error = RateLimitError()
    headers = {**call.headers, **error.headers()}
    return web.json_response(error.document(), status=error.status, headers=headers)


async def _stuck(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    return await _force_outcome(Outcome.STUCK, fault, call)


async def _failed(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    return await _force_outcome(Outcome.FAILS, fault, call)


async def _unseen(fault: Fault, call: InjectedCall) -> web.StreamResponse:
    response = await call.perform()
    if response.status == web.HTTPCreated.status_code and isinstance(response, web.Response):
        created = _created_resource(call, json.loads(response.text or "{}"))
        if created:
            call.platform.faults.hide(fault, created, call.platform.now())
    return response


def _created_resource(call: InjectedCall, document: Mapping[str, Any]) -> CreatedResource | None:
    """Return the created resource; None if it has no id, as no call can request it."""
    user = document.get("user") or {}
    names = [
        *(document.get(key) for key in ("id", "name", "hostname", "url")),
        *(user.get(key) for key in ("id", "email")),
    ]
    if call.endpoint is None or not document.get("id"):
        return None
    return CreatedResource(naming.created_kind(call.endpoint), [name for name in names if name])


async def _force_outcome(outcome: Outcome, fault: Fault, call: InjectedCall) -> web.StreamResponse:
    token = FORCED_OUTCOME.set(ForcedOutcome(outcome, fault.id))
    try:
        return await call.perform()
    finally:
        FORCED_OUTCOME.reset(token)


async def _perform_unanswered(call: InjectedCall) -> None:
    """Perform the call without answering it."""
    call.request[TRUNCATION] = Truncation(
        remaining=0, sends_head=False, completes=_changes(call.request)
    )
    await call.perform()


def _changes(request: web.Request) -> bool:
    return request.method not in SAFE_METHODS


def _reset_connection(request: web.Request) -> web.StreamResponse:
    """Reset the connection, as a router does when it loses its backend."""
    if request.transport:
        with suppress(OSError):
            # With a linger time of 0, a close resets the connection.  tcp(7), socket(7)
            request.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        request.transport.abort()
    return web.Response(status=NOT_ANSWERED)


def _kill(request: web.Request) -> web.StreamResponse:
    """Kill this process as the operating system would, without any cleanup."""
    os.kill(os.getpid(), signal.SIGKILL)
    return _reset_connection(request)


KINDS: Mapping[str, FaultKind] = {
    "error": FaultKind(
        "answers with this status, error id and message; changes nothing",
        _error,
        {"status": STATUS, "id": TEXT, "message": TEXT},
    ),
    "latency": FaultKind(
        "waits this many seconds before handling the call", _latency, {"seconds": SECONDS}
    ),
    "reset-before": FaultKind("resets the connection; changes nothing", _reset_before),
    "reset-after": FaultKind("performs the call, then resets the connection", _reset_after),
    "truncate": FaultKind(
        "performs the call, then sends only this many bytes of the body; by default half of it, or"
        " half of the first chunk of a streamed body such as a log",
        _truncate,
        {"bytes": BYTES},
    ),
    "kill-before": FaultKind("the local Heroku dies; nothing is changed", _kill_before),
    "kill-after": FaultKind("performs the call, then the local Heroku dies", _kill_after),
    "kill-answered": FaultKind("answers, then the local Heroku dies", _kill_answered),
    "rate-limit": FaultKind("answers 429, as if no calls were left this hour", _rate_limit),
    "stuck": FaultKind(
        "add-ons that the call creates stay provisioning, builds pending, until the fault is"
        " cleared",
        _stuck,
    ),
    "failed": FaultKind("add-ons that the call creates end deprovisioned, builds failed", _failed),
    "unseen": FaultKind(
        "the next calls, or all calls for this many seconds, neither find nor list what the call"
        " creates",
        _unseen,
        {"calls": COUNT, "seconds": SECONDS},
    ),
}
