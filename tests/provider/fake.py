"""A fake Heroku that answers from a list and records the requests."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.test_utils import TestServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from contextlib import AbstractAsyncContextManager

API_KEY = "planted-api-key"


@dataclass(frozen=True)
class Exchange:
    """One expected request and its response."""

    request: str
    status: int
    body: Any
    sent: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeHeroku:
    """The remaining exchanges and the received requests."""

    exchanges: deque[Exchange]
    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    raw: dict[str, bytes] = field(default_factory=dict)
    """Bodies that are not JSON, by their request."""

    async def answer(self, request: web.Request) -> web.Response:
        name = f"{request.method} {request.path}"
        text = (await request.read()).decode(errors="replace")
        self.asked.append((name, _decoded(request, text)))
        self.heads.append(dict(request.headers))
        exchange = next((each for each in self.exchanges if each.request == name), None)
        if exchange is None:
            message = f"the test does not list {name}"
            return web.json_response({"id": "unlisted", "message": message}, status=418)
        self.exchanges.remove(exchange)
        body = json.dumps(exchange.body).replace("HEROKU_URL", self.url)
        return web.Response(
            body=self.raw.get(name, body.encode()),
            status=exchange.status,
            headers=exchange.headers,
            content_type="application/json",
        )

    async def hears(self, exchange: Exchange) -> None:
        """Wait until the request arrives."""
        async with asyncio.timeout(60):
            while exchange.request not in dict(self.asked):  # noqa: ASYNC110 - no event to wait for
                await asyncio.sleep(0.01)


def _decoded(request: web.Request, text: str) -> Any:
    if request.content_type == "application/json" and text:
        return json.loads(text)
    return None


@asynccontextmanager
async def _running(exchanges: Iterable[Exchange]) -> AsyncIterator[FakeHeroku]:
    fake = FakeHeroku(deque(exchanges))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    async with TestServer(app) as server:
        fake.url = f"http://{server.host}:{server.port}"
        yield fake


def fake_heroku(*exchanges: Exchange) -> AbstractAsyncContextManager[FakeHeroku]:
    """Serve these exchanges for as long as the block runs."""
    return _running(exchanges)
