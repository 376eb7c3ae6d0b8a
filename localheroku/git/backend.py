"""`git http-backend`, which speaks Git's protocol for one request.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aiohttp import web

from localheroku.core.cancellation import finished
from localheroku.core.errors import BodyBrokenOffError
from localheroku.dynos import processes
from localheroku.git.hook import CHANNEL
from localheroku.git.repositories import Repositories, surroundings
from localheroku.http import bodies
from localheroku.http.streaming import Flow

CHUNK_BYTES = 1 << 16
STOP_SECONDS = 3.0


@dataclass(frozen=True)
class Asked:
    """A request for an app's repository; `headers` are those of every answer."""

    request: web.Request
    headers: dict[str, str]
    repositories: Repositories
    repository: Path
    call: str
    user: str


async def answer(asked: Asked, channel: socket.socket | None = None) -> web.StreamResponse:
    """What Git answers.  `channel` is what its hook talks through; it is closed here.

    A client that goes away is not the end: Git then sees what it got and cleans up after itself.
    """
    process = await _started(asked, channel)
    feeding = asyncio.create_task(_feed(asked.request, cast(StreamWriter, process.stdin)))
    try:
        response = await _relay(asked, cast(StreamReader, process.stdout))
        await process.wait()
        return response
    finally:
        await finished(_end(process, feeding))


async def _end(process: Process, feeding: asyncio.Task[None]) -> None:
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    if process.returncode is None:
        await processes.end(process, STOP_SECONDS)


async def _started(asked: Asked, channel: socket.socket | None) -> Process:
    request = asked.request
    variables = surroundings(
        GIT_PROJECT_ROOT=str(asked.repository.parent),
        GIT_HTTP_EXPORT_ALL="1",
        PATH_INFO=f"/{asked.repository.name}/{asked.call}",
        REQUEST_METHOD=request.method,
        QUERY_STRING=request.query_string,
        CONTENT_TYPE=request.headers.get("Content-Type", ""),
        HTTP_CONTENT_ENCODING=request.headers.get("Content-Encoding", ""),
        GIT_PROTOCOL=request.headers.get("Git-Protocol", ""),
        REMOTE_USER=asked.user,
        REMOTE_ADDR=request.remote or "",
    )
    handed = () if channel is None else (channel.fileno(),)
    try:
        return await processes.spawn(
            asked.repositories.command("http-backend"),
            asked.repository,
            {**variables, CHANNEL: "".join(map(str, handed))},
            stdin=PIPE,
            stderr=None,
            pass_fds=handed,
        )
    finally:
        if channel:
            channel.close()


async def _feed(request: web.Request, stdin: StreamWriter) -> None:
    with closing(stdin), suppress(ConnectionError, BodyBrokenOffError):
        async for piece in bodies.pieces(request):
            stdin.write(piece)
            await stdin.drain()


async def _relay(asked: Asked, stdout: StreamReader) -> web.StreamResponse:
    status, headers = await _head(stdout)
    response = Flow(status=status, headers={**asked.headers, **headers})
    listens = True
    await response.prepare(asked.request)
    while chunk := await stdout.read(CHUNK_BYTES):
        if listens:
            try:
                await response.write(chunk)
            except ConnectionError:
                listens = False
    if listens:
        with suppress(ConnectionError):
            await response.write_eof()
    return response


async def _head(stdout: StreamReader) -> tuple[int, dict[str, str]]:
    """The status and headers that a CGI program begins with.  RFC 3875 section 6.3"""
    headers: dict[str, str] = {}
    while line := (await stdout.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    status = headers.pop("Status", "200")
    return int(status.split()[0]), headers
