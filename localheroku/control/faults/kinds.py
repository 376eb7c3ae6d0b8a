"""What faults do: one entry a kind."""

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
from localheroku.control.faults.models import Fault, Made
from localheroku.core.body_schema import TEXT, Field, Fields
from localheroku.core.errors import ApiError
from localheroku.core.provisioning import FATE, Fate, Outcome
from localheroku.http.rate_limit import RateLimitError
from localheroku.http.streaming import BREAK, Break, Flow
from localheroku.platform import Platform

LOOKS = ("GET", "HEAD")
"""The methods that change nothing."""

CUT = 0
"""The status, in logs, of a call that was not answered."""

STATUS = Field(lambda value: type(value) is int and 400 <= value <= 599, "a status from 400 to 599")
SECONDS = Field(
    lambda value: type(value) in (int, float) and 0 <= value <= 86400,
    "a number of seconds, 0 to 86400",
)
MOST = 1_000_000_000
COUNT = Field(
    lambda value: type(value) is int and 1 <= value <= MOST, f"a whole number from 1 to {MOST}"
)
BYTES = Field(
    lambda value: type(value) is int and 0 <= value <= MOST, f"a whole number from 0 to {MOST}"
)


@dataclass(frozen=True)
class Struck:
    """A call that a fault strikes; `perform` does what was asked for."""

    platform: Platform
    request: web.Request
    headers: Mapping[str, str]
    endpoint: Endpoint | None
    perform: Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Kind:
    """`takes` are the options; `strike` answers the call, or ends it without an answer."""

    summary: str
    strike: Callable[[Fault, Struck], Awaitable[web.StreamResponse]]
    takes: Fields = field(default_factory=dict)


class GivenError(ApiError):
    """What the fault says."""

    message = "{message}"

    def __init__(self, options: Mapping[str, Any]) -> None:
        message = options.get("message", "The local Heroku was told to fail here.")
        super().__init__(message=message)
        self._named = {"id": options.get("id", "internal_server_error")}

    def document(self) -> dict[str, str]:
        return {**self._named, "message": str(self), "url": self.url}


async def _error(fault: Fault, call: Struck) -> web.StreamResponse:
    error = GivenError(fault.options)
    status = fault.options.get("status", 500)
    return web.json_response(error.document(), status=status, headers=call.headers)


async def _latency(fault: Fault, call: Struck) -> web.StreamResponse:
    await asyncio.sleep(fault.options.get("seconds", 1))
    return await call.perform()


async def _reset_before(_: Fault, call: Struck) -> web.StreamResponse:
    return _cut(call.request)


async def _reset_after(_: Fault, call: Struck) -> web.StreamResponse:
    await _unanswered(call)
    return _cut(call.request)


async def _truncate(fault: Fault, call: Struck) -> web.StreamResponse:
    """The head promises the whole body, then the connection ends."""
    call.request[BREAK] = Break(
        left=fault.options.get("bytes"), answers=True, completes=_changes(call.request)
    )
    response = await call.perform()
    if isinstance(response, web.Response):
        if not isinstance(response.body, bytes):
            return response
        response = await _begun(call.request, response, response.body)
    if call.request.transport:
        call.request.transport.close()
    return response


async def _begun(request: web.Request, response: web.Response, body: bytes) -> Flow:
    flow = Flow(status=response.status, headers=response.headers)
    flow.content_length = len(body)
    with suppress(ConnectionError):
        await flow.prepare(request)
        await flow.write(body)
    return flow


async def _kill_before(_: Fault, call: Struck) -> web.StreamResponse:
    return _kill(call.request)


async def _kill_after(_: Fault, call: Struck) -> web.StreamResponse:
    await _unanswered(call)
    return _kill(call.request)


async def _kill_answered(_: Fault, call: Struck) -> web.StreamResponse:
    response = await call.perform()
    if not isinstance(response, web.Response):
        return _kill(call.request)
    return Last(body=response.body, status=response.status, headers=response.headers)


class Last(web.Response):
    """An answer that is logged, recorded and sent as any other; then the local Heroku dies."""

    async def write_eof(self, data: bytes = b"") -> None:
        with suppress(ConnectionError):
            await super().write_eof(data)
        os.kill(os.getpid(), signal.SIGKILL)


async def _rate_limit(_: Fault, call: Struck) -> web.StreamResponse:
    error = RateLimitError()
    headers = {**call.headers, **error.headers()}
    return web.json_response(error.document(), status=error.status, headers=headers)


async def _stuck(fault: Fault, call: Struck) -> web.StreamResponse:
    return await _fated(Outcome.STUCK, fault, call)


async def _failed(fault: Fault, call: Struck) -> web.StreamResponse:
    return await _fated(Outcome.FAILS, fault, call)


async def _unseen(fault: Fault, call: Struck) -> web.StreamResponse:
    response = await call.perform()
    if response.status == web.HTTPCreated.status_code and isinstance(response, web.Response):
        made = _made(call, json.loads(response.text or "{}"))
        if made:
            call.platform.faults.hide(fault, made, call.platform.now())
    return response


def _made(call: Struck, thing: Mapping[str, Any]) -> Made | None:
    """None for what has no id, as nothing can ask for it."""
    person = thing.get("user") or {}
    names = [
        *(thing.get(key) for key in ("id", "name", "hostname", "url")),
        *(person.get(key) for key in ("id", "email")),
    ]
    if call.endpoint is None or not thing.get("id"):
        return None
    return Made(naming.made_by(call.endpoint), [name for name in names if name])


async def _fated(outcome: Outcome, fault: Fault, call: Struck) -> web.StreamResponse:
    token = FATE.set(Fate(outcome, fault.id))
    try:
        return await call.perform()
    finally:
        FATE.reset(token)


async def _unanswered(call: Struck) -> None:
    """Do what was asked for, with no answer."""
    call.request[BREAK] = Break(left=0, answers=False, completes=_changes(call.request))
    await call.perform()


def _changes(request: web.Request) -> bool:
    return request.method not in LOOKS


def _cut(request: web.Request) -> web.StreamResponse:
    """Reset the connection, as a router does that loses its backend."""
    if request.transport:
        with suppress(OSError):
            # Without lingering a close is a reset.  tcp(7), SO_LINGER in socket(7)
            request.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        request.transport.abort()
    return web.Response(status=CUT)


def _kill(request: web.Request) -> web.StreamResponse:
    """End this process as the operating system would, with nothing put in order."""
    os.kill(os.getpid(), signal.SIGKILL)
    return _cut(request)


KINDS: Mapping[str, Kind] = {
    "error": Kind(
        "answers this status, error id and message; nothing is changed",
        _error,
        {"status": STATUS, "id": TEXT, "message": TEXT},
    ),
    "latency": Kind("waits so long before the call is looked at", _latency, {"seconds": SECONDS}),
    "reset-before": Kind("resets the connection; nothing is changed", _reset_before),
    "reset-after": Kind("does what was asked for, then resets the connection", _reset_after),
    "truncate": Kind(
        "does what was asked for, then answers so many bytes of the body; half of it if not said,"
        " and half of the first piece of what comes in pieces, as logs do",
        _truncate,
        {"bytes": BYTES},
    ),
    "kill-before": Kind("the local Heroku dies; nothing is changed", _kill_before),
    "kill-after": Kind("does what was asked for, then the local Heroku dies", _kill_after),
    "kill-answered": Kind("answers, then the local Heroku dies", _kill_answered),
    "rate-limit": Kind("answers 429, as when the hour's calls are used up", _rate_limit),
    "stuck": Kind(
        "add-ons that the call makes stay provisioning, builds pending, until the fault is cleared",
        _stuck,
    ),
    "failed": Kind("add-ons that the call makes end deprovisioned, builds failed", _failed),
    "unseen": Kind(
        "what the call makes is not found or listed by the next calls, or for so many seconds",
        _unseen,
        {"calls": COUNT, "seconds": SECONDS},
    ),
}
