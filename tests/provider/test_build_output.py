"""Tests of which lines of a build's output are reported, and which an error repeats."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestServer

from dynostack.provider import build_output
from dynostack.provider.session import Session
from dynostack.provider.settings import Settings

OUTPUT = """\
-----> Installing requirements with pip
       Collecting django==5.2
       Successfully installed django-5.2
-----> Launching...
Applying migrations
 !     v2 is not released: its command failed.
"""


async def test_headings_are_shown_and_the_rest_is_kept_for_an_error() -> None:
    shown: list[str] = []

    async def show(urn: str, message: str) -> None:
        shown.append(message)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=OUTPUT)

    application = web.Application()
    application.router.add_get("/output", answer)
    async with TestServer(application) as server:
        session = Session(Settings(), progress=show)
        tail = await build_output.follow(session, str(server.make_url("/output")))
        await session.api.close()

    assert list(tail) == OUTPUT.splitlines()
    assert shown == [line for line in OUTPUT.splitlines() if not line.startswith("       ")]
    assert len(shown) == 4
