"""Streams that a key in the URL gives access to, without credentials: output, logs, archives."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from aiohttp import web

from localheroku.api.apps.models import App
from localheroku.api.builds.models import Build
from localheroku.api.builds.releases.models import Release
from localheroku.api.builds.slugs import models as slugs
from localheroku.core.errors import EndpointNotFoundError
from localheroku.core.log_sessions import LogSession
from localheroku.http import bodies, redacted_path
from localheroku.http.streaming import StreamingResponse
from localheroku.platform import Platform

PREFIX = "/streams/"
EVENTS = "text/event-stream"
CHUNK_BYTES = 1 << 16
CLIENT_CHECK_SECONDS = 5.0
"""How often the connection of a client that follows a silent log is checked."""


async def handle(
    platform: Platform, request: web.Request, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer a request below PREFIX.

    Raises:
        EndpointNotFoundError: the key is unknown.
    """
    key = request.query.get("key", "")
    action = (request.method, request.path.removeprefix(PREFIX))
    if action == ("GET", "output") and platform.outputs.exists(key):
        return await send(request, headers, platform.outputs.follow(key))
    if action == ("GET", "log") and (session := _log_session(platform, key)):
        return await _send_log(request, headers, _log(platform, request, session))
    if action == ("GET", "backup") and (file := platform.transfers.granted_file(key)):
        return await _send_file(request, headers, file)
    if action == ("PUT", "source") and (file := platform.uploads.find_to_write(key)):
        await platform.uploads.write(file, bodies.chunks(request))
        return web.Response(headers=headers)
    if action == ("GET", "source") and (file := platform.uploads.find(key)):
        return await _send_file(request, headers, file)
    if action == ("PUT", "slug") and (slug := slugs.writable_with(platform, key)):
        await slugs.upload(platform, slug, bodies.chunks(request))
        return web.Response(headers=headers)
    slug = slugs.readable_with(platform, key) if action == ("GET", "slug") else None
    if slug and (archive := await slugs.archive(platform, slug)):
        return await _send_file(request, headers, archive)
    raise EndpointNotFoundError(method=request.method, path=request[redacted_path.PATH])


def named_app(platform: Platform, request: web.Request) -> dict[str, str]:
    """Return the app whose output or log is requested, if any."""
    key = request.query.get("key", "")
    owner: str | None = None
    if request.path == f"{PREFIX}log":
        session = platform.log_sessions.find(key)
        owner = session.app_id if session else None
    elif request.path == f"{PREFIX}output":
        store = platform.store
        stream_owner = store.named(Build, output=key) or store.named(Release, output=key)
        owner = stream_owner.parent if stream_owner else None
    return {"app": owner} if owner else {}


async def _send_log(
    request: web.Request, headers: Mapping[str, str], lines: AsyncIterator[str]
) -> web.StreamResponse:
    """Send plain lines, or events to a client that accepts them, such as the Heroku CLI."""
    if EVENTS not in request.headers.get("Accept", ""):
        return await send(request, headers, (f"{line}\n".encode() async for line in lines))
    seen = request.headers.get("Last-Event-ID", "")
    return await send(request, headers, _events(lines, seen), EVENTS)


async def _events(lines: AsyncIterator[str], seen: str) -> AsyncIterator[bytes]:
    """Yield each line after `seen` as an event, with its time as the id.

    A client that reconnects sends the last id that it saw.
    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    async for line in lines:
        moment = line.partition(" ")[0]
        if moment > seen:
            yield f"id: {moment}\ndata: {line}\n\n".encode()


async def send(
    request: web.Request,
    headers: Mapping[str, str],
    chunks: AsyncIterator[bytes],
    content_type: str = "text/plain",
) -> web.StreamResponse:
    response = StreamingResponse(headers=headers)
    response.content_type = content_type
    response.charset = "utf-8"
    return await _send_chunks(request, response, chunks)


async def _send_file(
    request: web.Request, headers: Mapping[str, str], file: Path
) -> web.StreamResponse:
    response = StreamingResponse(headers=headers)
    response.content_type = "application/octet-stream"
    with file.open("rb") as content:
        response.content_length = os.fstat(content.fileno()).st_size
        return await _send_chunks(request, response, _chunks(content))


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


async def _send_chunks(
    request: web.Request, response: web.StreamResponse, chunks: AsyncIterator[bytes]
) -> web.StreamResponse:
    await response.prepare(request)
    with suppress(ConnectionResetError):
        async for chunk in chunks:
            await response.write(chunk)
        await response.write_eof()
    return response


def _log_session(platform: Platform, key: str) -> LogSession | None:
    session = platform.log_sessions.find(key)
    return session if session and platform.store.find(App, session.app_id) else None


async def _log(platform: Platform, request: web.Request, session: LogSession) -> AsyncIterator[str]:
    logs = platform.backends.logs
    followed = logs.follow(session.app_id) if session.tail else None
    for line in logs.tail(session.app_id, session.lines):
        if session.shows(line):
            yield line
    if followed is None:
        return
    following = asyncio.ensure_future(anext(followed))
    ended = asyncio.ensure_future(platform.log_sessions.ended.wait())
    try:
        while (
            _is_connected(request) and not ended.done() and platform.store.find(App, session.app_id)
        ):
            done, _ = await asyncio.wait(
                {following, ended},
                timeout=CLIENT_CHECK_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if following in done:
                line = following.result()
                following = asyncio.ensure_future(anext(followed))
                if session.shows(line):
                    yield line
    finally:
        following.cancel()
        ended.cancel()


def _is_connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
