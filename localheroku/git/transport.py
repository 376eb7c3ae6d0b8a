"""Git's smart HTTP: who may ask, for which app, and what a push leads to.

https://git-scm.com/docs/http-protocol
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.auth import authorization, current_account, rights, scopes
from localheroku.core.errors import ApiError, DiskFullError, EndpointNotFoundError
from localheroku.git import backend, hook
from localheroku.git.push import Push, Update
from localheroku.git.repositories import lacks_room, require_git
from localheroku.http import redacted_path
from localheroku.platform import Platform

PATH = re.compile(r"/(?P<app>[^/]+)\.git/(?P<call>info/refs|git-upload-pack|git-receive-pack)")
RECEIVE = "git-receive-pack"
METHODS = {rights.PUSH: "POST", rights.PULL: "GET"}
"""What the service is in the Platform API's terms, though it begins with a question."""
RIGHTS = {RECEIVE: rights.PUSH, "git-upload-pack": rights.PULL}
ROUTES = tuple(
    f"{method} /{{app}}.git/{call}"
    for method, call in (
        ("GET", "info/refs"),
        ("POST", "git-upload-pack"),
        ("POST", "git-receive-pack"),
    )
)
"""As the request log has them."""
LOOK_SECONDS = 0.3
"""How often a pusher is looked after while the build says nothing."""


def route(request: web.Request) -> str | None:
    """What is asked for as the request log has it; None when it is not for Git."""
    found = PATH.fullmatch(request.path)
    return f"{request.method} /{{app}}.git/{found['call']}" if found else None


def named(request: web.Request) -> dict[str, str]:
    """The app whose repository is asked for, if one is."""
    found = PATH.fullmatch(request.path)
    return {"app": found["app"]} if found else {}


async def handle(
    platform: Platform, request: web.Request, headers: dict[str, str]
) -> web.StreamResponse:
    """Answer a request that has a route; errors in the form that Git shows to people."""
    try:
        opened = platform.keys.opened(request.headers.get("Authorization"))
        with current_account.calling(opened.account):
            return await _answer(platform, request, headers, opened.scope)
    except ApiError as error:
        return _refusal(error, headers)
    except Exception as error:
        if lacks_room(error, platform.repositories.folder):
            return _refusal(DiskFullError(), headers)
        raise


def _refusal(error: ApiError, headers: dict[str, str]) -> web.Response:
    more = {"WWW-Authenticate": 'Basic realm="Heroku"'} if error.status == 401 else {}
    return web.Response(text=f"!\t{error}\n", status=error.status, headers={**headers, **more})


async def _answer(
    platform: Platform, request: web.Request, headers: dict[str, str], scope: Sequence[str]
) -> web.StreamResponse:
    name, call = request.path.removeprefix("/").split(".git/", 1)
    method, service = (
        ("GET", request.query.get("service")) if call == "info/refs" else ("POST", call)
    )
    right = RIGHTS.get(service or "")
    if right is None or request.method != method:
        raise EndpointNotFoundError(method=request.method, path=request[redacted_path.PATH])
    app = apps.find(platform, name)
    scopes.check(scope, scopes.accepted(f"{METHODS[right]} /{{app}}.git", right))
    authorization.require(platform, app, right)
    require_git()
    asked = backend.Asked(
        request=request,
        headers=headers,
        repositories=platform.repositories,
        repository=await platform.repositories.of(app.id),
        call=call,
        user=accounts.current(platform).email,
    )
    if call != RECEIVE:
        return await backend.answer(asked)
    async with _channel() as (reader, writer, theirs):
        push = Push(platform, app, asked.repository, _show(writer))
        judging = asyncio.create_task(_judge(push, reader, writer))
        looking = asyncio.create_task(_look_after(request, push))
        try:
            return await backend.answer(asked, theirs)
        finally:
            looking.cancel()
            try:
                await push.abandon()
                await asyncio.wait({judging, looking})
            finally:
                push.end()


@asynccontextmanager
async def _channel() -> AsyncIterator[tuple[StreamReader, StreamWriter, socket.socket]]:
    """Our end of a pair of sockets, and the hook's."""
    ours, theirs = socket.socketpair()
    with theirs:
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            yield reader, writer, theirs
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def _show(writer: StreamWriter) -> Callable[[str], Awaitable[None]]:
    async def show(text: str) -> None:
        """Show a text; none of its lines can be taken for the verdict."""
        with suppress(ConnectionError):
            for line in text.split("\n"):
                writer.write(f" {line}\n".encode(errors="replace"))
            await writer.drain()

    return show


async def _judge(push: Push, reader: StreamReader, writer: StreamWriter) -> None:
    """Talk with the hook, which hangs up without a word where there is nothing to decide."""
    words = (await reader.read()).decode(errors="surrogateescape")
    if not words:
        return
    quarantine, *lines = words.removesuffix("\n").split("\n")
    accepted = False
    try:
        accepted = await push.judge([Update.of(line) for line in lines], quarantine)
    except Exception:
        logging.getLogger(__name__).exception("a push failed")
        await _show(writer)(" !     The local Heroku failed; its log tells why.")
    with suppress(ConnectionError):
        writer.write(hook.ACCEPTED if accepted else hook.DECLINED)
        await writer.drain()


async def _look_after(request: web.Request, push: Push) -> None:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(LOOK_SECONDS)
    await push.abandon()
