"""`git http-backend`, which handles Git's protocol for one request.

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
from localheroku.git.repositories import Repositories, git_environment
from localheroku.http import bodies
from localheroku.http.streaming import StreamingResponse

CHUNK_BYTES = 1 << 16
STOP_SECONDS = 3.0


@dataclass(frozen=True)
class GitRequest:
    """A request for an app's repository; `headers` are those of every answer."""

    request: web.Request
    headers: dict[str, str]
    repositories: Repositories
    repository: Path
    call: str
    user: str


async def answer(
    git_request: GitRequest, channel: socket.socket | None = None
) -> web.StreamResponse:
    """Answer with Git's response. The hook talks through `channel`, which is closed here.

    If the client disconnects, Git still processes what it received and cleans up.
    """
    process = await _start(git_request, channel)
    feeding = asyncio.create_task(_feed(git_request.request, cast(StreamWriter, process.stdin)))
    try:
        response = await _relay(git_request, cast(StreamReader, process.stdout))
        await process.wait()
        return response
    finally:
        await finished(_end(process, feeding))


async def _end(process: Process, feeding: asyncio.Task[None]) -> None:
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    if process.returncode is None:
        await processes.end(process, STOP_SECONDS)


async def _start(git_request: GitRequest, channel: socket.socket | None) -> Process:
    request = git_request.request
    variables = git_environment(
        GIT_PROJECT_ROOT=str(git_request.repository.parent),
        GIT_HTTP_EXPORT_ALL="1",
        PATH_INFO=f"/{git_request.repository.name}/{git_request.call}",
        REQUEST_METHOD=request.method,
        QUERY_STRING=request.query_string,
        CONTENT_TYPE=request.headers.get("Content-Type", ""),
        HTTP_CONTENT_ENCODING=request.headers.get("Content-Encoding", ""),
        GIT_PROTOCOL=request.headers.get("Git-Protocol", ""),
        REMOTE_USER=git_request.user,
        REMOTE_ADDR=request.remote or "",
    )
    file_descriptors = () if channel is None else (channel.fileno(),)
    try:
        return await processes.spawn(
            git_request.repositories.command("http-backend"),
            git_request.repository,
            {**variables, CHANNEL: "".join(map(str, file_descriptors))},
            stdin=PIPE,
            stderr=None,
            pass_fds=file_descriptors,
        )
    finally:
        if channel:
            channel.close()


async def _feed(request: web.Request, stdin: StreamWriter) -> None:
    with closing(stdin), suppress(ConnectionError, BodyBrokenOffError):
        async for piece in bodies.chunks(request):
            stdin.write(piece)
            await stdin.drain()


async def _relay(git_request: GitRequest, stdout: StreamReader) -> web.StreamResponse:
    status, headers = await _head(stdout)
    response = StreamingResponse(status=status, headers={**git_request.headers, **headers})
    is_connected = True
    await response.prepare(git_request.request)
    while chunk := await stdout.read(CHUNK_BYTES):
        if is_connected:
            try:
                await response.write(chunk)
            except ConnectionError:
                is_connected = False
    if is_connected:
        with suppress(ConnectionError):
            await response.write_eof()
    return response


async def _head(stdout: StreamReader) -> tuple[int, dict[str, str]]:
    """Return the status and headers that a CGI program starts with.  RFC 3875 section 6.3."""
    headers: dict[str, str] = {}
    while line := (await stdout.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    status = headers.pop("Status", "200")
    return int(status.split()[0]), headers
