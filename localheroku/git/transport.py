"""Git's smart HTTP: checks the caller's rights on the app and handles pushes.

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
from localheroku.git.push import Push, RefUpdate
from localheroku.git.repositories import is_disk_full, require_git
from localheroku.http import redacted_path
from localheroku.platform import Platform

PATH = re.compile(r"/(?P<app>[^/]+)\.git/(?P<call>info/refs|git-upload-pack|git-receive-pack)")
RECEIVE = "git-receive-pack"
METHODS = {rights.PUSH: "POST", rights.PULL: "GET"}
"""The method that OAuth scopes are checked for; both services start with a GET."""
RIGHTS = {RECEIVE: rights.PUSH, "git-upload-pack": rights.PULL}
ROUTES = tuple(
    f"{method} /{{app}}.git/{call}"
    for method, call in (
        ("GET", "info/refs"),
        ("POST", "git-upload-pack"),
        ("POST", "git-receive-pack"),
    )
)
"""The routes as the request log has them."""
CLIENT_CHECK_SECONDS = 0.3
"""How often the connection of a silent push is checked, in seconds."""


def route(request: web.Request) -> str | None:
    """Return the request's route as the request log has it; None if it is not for Git."""
    found = PATH.fullmatch(request.path)
    return f"{request.method} /{{app}}.git/{found['call']}" if found else None


def named_app(request: web.Request) -> dict[str, str]:
    """Return the app whose repository is requested, if any."""
    found = PATH.fullmatch(request.path)
    return {"app": found["app"]} if found else {}


async def handle(
    platform: Platform, request: web.Request, headers: dict[str, str]
) -> web.StreamResponse:
    """Answer a request that has a route; errors in the form that Git shows to users."""
    try:
        access = platform.keys.access(request.headers.get("Authorization"))
        with current_account.calling(access.account):
            return await _answer(platform, request, headers, access.scope)
    except ApiError as error:
        return _refusal(error, headers)
    except Exception as error:
        if is_disk_full(error, platform.repositories.folder):
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
    git_request = backend.GitRequest(
        request=request,
        headers=headers,
        repositories=platform.repositories,
        repository=await platform.repositories.of(app.id),
        call=call,
        user=accounts.current(platform).email,
    )
    if call != RECEIVE:
        return await backend.answer(git_request)
    async with _channel() as (reader, writer, hook_socket):
        push = Push(platform, app, git_request.repository, _line_writer(writer))
        deciding = asyncio.create_task(_decide(push, reader, writer))
        watching = asyncio.create_task(_abandon_when_disconnected(request, push))
        try:
            return await backend.answer(git_request, hook_socket)
        finally:
            watching.cancel()
            try:
                await push.abandon()
                await asyncio.wait({deciding, watching})
            finally:
                push.end()


@asynccontextmanager
async def _channel() -> AsyncIterator[tuple[StreamReader, StreamWriter, socket.socket]]:
    """Yield our end of a pair of sockets, and the hook's."""
    own_socket, hook_socket = socket.socketpair()
    with hook_socket:
        reader, writer = await asyncio.open_unix_connection(sock=own_socket)
        try:
            yield reader, writer, hook_socket
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def _line_writer(writer: StreamWriter) -> Callable[[str], Awaitable[None]]:
    async def show(text: str) -> None:
        """Show a text; none of its lines can be mistaken for the verdict."""
        with suppress(ConnectionError):
            for line in text.split("\n"):
                writer.write(f" {line}\n".encode(errors="replace"))
            await writer.drain()

    return show


async def _decide(push: Push, reader: StreamReader, writer: StreamWriter) -> None:
    """Talk with the hook, which hangs up silently if there is nothing to decide."""
    message = (await reader.read()).decode(errors="surrogateescape")
    if not message:
        return
    quarantine, *lines = message.removesuffix("\n").split("\n")
    accepted = False
    try:
        accepted = await push.decide([RefUpdate.of(line) for line in lines], quarantine)
    except Exception:
        logging.getLogger(__name__).exception("a push failed")
        await _line_writer(writer)(" !     The local Heroku failed; its log has the reason.")
    with suppress(ConnectionError):
        writer.write(hook.ACCEPTED if accepted else hook.DECLINED)
        await writer.drain()


async def _abandon_when_disconnected(request: web.Request, push: Push) -> None:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - there is no event
        await asyncio.sleep(CLIENT_CHECK_SECONDS)
    await push.abandon()
