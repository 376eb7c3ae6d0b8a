"""Requests that are canceled while Git is being started for them."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import psutil
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from localheroku.git import backend
from localheroku.git.repositories import Repositories

CALL = "git-receive-pack"


async def test_a_request_can_be_canceled_while_git_is_being_started(tmp_path: Path) -> None:
    repositories = Repositories(tmp_path)
    repository = await repositories.of("app-1")
    before = running()
    for steps in range(1, 12):
        channel, other = socket.socketpair()
        answering = asyncio.create_task(backend.answer(push(repositories, repository), channel))
        for _ in range(steps):
            await asyncio.sleep(0)
        answering.cancel()
        async with asyncio.timeout(30):
            await asyncio.gather(answering, return_exceptions=True)
        other.close()
        assert answering.cancelled()
        assert channel.fileno() == -1
        assert running() <= before


def push(repositories: Repositories, repository: Path) -> backend.GitRequest:
    """Return a push whose body never arrives."""
    loop = asyncio.get_running_loop()
    request = make_mocked_request(
        "POST",
        f"/app-1.git/{CALL}",
        headers={"Content-Type": f"application/x-{CALL}-request"},
        payload=StreamReader(BaseProtocol(loop), 2**16, loop=loop),
    )
    return backend.GitRequest(request, {}, repositories, repository, CALL, "ops@acme.example")


def running() -> set[int]:
    """Return the children of this process; a database server that tests share has its own."""
    children = psutil.Process().children()
    return {child.pid for child in children if child.status() != psutil.STATUS_ZOMBIE}
