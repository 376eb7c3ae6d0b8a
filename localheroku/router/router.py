"""The router: hands each request for an app's host to one of the app's web dynos.

https://devcenter.heroku.com/articles/http-routing
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from yarl import URL

from localheroku.core.runtime import DynoState
from localheroku.router import error_pages, websocket
from localheroku.router.error_pages import Refused
from localheroku.router.proxied_request import VIA, Visit, passed_on, request_headers, request_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from localheroku.core.backends import Tenants
    from localheroku.dynos.logs import Logs
    from localheroku.dynos.manager import DynoManager

POLL_SECONDS = 0.05

# https://devcenter.heroku.com/articles/session-affinity
AFFINITY = "http-session-affinity"
AFFINITY_COOKIE = "heroku-session-affinity"
NEVER_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True)
class Limits:
    """How long the router waits, in seconds.

    https://devcenter.heroku.com/articles/request-timeout
    """

    boot: float = 20.0
    """For a web dyno that is starting."""
    response: float = 30.0
    """For the first byte of the answer, once the request is sent."""
    idle: float = 55.0
    """Between two pieces of a request or an answer."""


class Router:
    """Serves every host that is an app's."""

    def __init__(
        self,
        tenants: Tenants,
        dynos: DynoManager,
        logs: Logs,
        limits: Limits | None = None,
    ) -> None:
        self._tenants = tenants
        self._dynos = dynos
        self._logs = logs
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request with what the app's dyno answers, or with Heroku's error page."""
        host = (urlsplit(f"//{request.host}").hostname or "").lower()
        app_id = self._tenants.named(host)
        if app_id is None:
            return error_pages.no_such_app(host)
        visit = Visit(request, app_id, host, request_id(request))
        try:
            return await self._serve(visit)
        except Refused as caught:
            visit.refusal, visit.status = caught.refusal, caught.refusal.status
            own = self._tenants.variable(app_id, caught.refusal.variable)
            return caught.refusal.page(own)
        finally:
            self._logs.append(app_id, "heroku", "router", visit.line())

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session:
            await self._session.close()

    async def _serve(self, visit: Visit) -> web.StreamResponse:
        if self._tenants.in_maintenance(visit.app_id):
            raise Refused(error_pages.MAINTENANCE)
        visit.dyno, port = await self._chosen_dyno(visit)
        url = URL(f"http://127.0.0.1:{port}{visit.target}", encoded=True)
        try:
            if websocket.asked_for(visit.request):
                return await self._join(visit, url)
            async with await self._ask(visit, url) as answer:
                return await self._answer(visit, answer)
        except aiohttp.ClientConnectorError:
            raise Refused(error_pages.REFUSED) from None
        except aiohttp.ClientResponseError:
            raise Refused(error_pages.NOT_HTTP) from None
        except aiohttp.ClientError:
            raise Refused(
                error_pages.CLIENT_LEFT if visit.left else error_pages.NO_RESPONSE
            ) from None

    async def _chosen_dyno(self, visit: Visit) -> tuple[str, int]:
        """The dyno that the browser was at before, where the app wants that and it still is up."""
        if not self._tenants.has_feature(visit.app_id, AFFINITY):
            return await self._web_dyno(visit.app_id)
        former = visit.request.cookies.get(AFFINITY_COOKIE)
        port = self._dynos.port_of(visit.app_id, former) if former else None
        if former and port:
            return former, port
        visit.affine = True
        return await self._web_dyno(visit.app_id)

    async def _web_dyno(self, app_id: str) -> tuple[str, int]:
        deadline = time.monotonic() + self._limits.boot
        while not (dyno := self._dynos.web_dyno(app_id)):
            if not self._dynos.wants_web(app_id):
                raise Refused(error_pages.NO_WEB_DYNOS)
            states = {known.state for known in self._dynos.dynos(app_id) if known.type == "web"}
            # None at all: they are being replaced this moment.
            if states and DynoState.STARTING not in states:
                raise Refused(error_pages.CRASHED)
            if time.monotonic() > deadline:
                raise Refused(error_pages.BOOTING)
            await asyncio.sleep(POLL_SECONDS)
        return dyno

    async def _ask(self, visit: Visit, url: URL) -> aiohttp.ClientResponse:
        """Send the request on; the answer's head."""
        request, loop = visit.request, asyncio.get_running_loop()
        waiting = True
        try:
            async with asyncio.timeout(self._limits.response) as limit:

                async def body() -> AsyncIterator[bytes]:
                    async for piece in request.content.iter_any():
                        allow(self._limits.idle)
                        yield piece
                    allow(self._limits.response)

                def allow(seconds: float) -> None:
                    if waiting:
                        limit.reschedule(loop.time() + seconds)

                answer = await self._client().request(
                    request.method,
                    url,
                    headers=request_headers(visit),
                    data=body() if request.body_exists else None,
                    allow_redirects=False,
                    skip_auto_headers=NEVER_ADDED,
                    trace_request_ctx=visit,
                )
                waiting = False
                return answer
        except TimeoutError:
            raise Refused(error_pages.TIMEOUT) from None
        finally:
            waiting = False

    async def _answer(self, visit: Visit, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        visit.status = answer.status
        headers = passed_on(answer.headers)
        headers.add("Via", VIA)
        if visit.affine:
            headers.add("Set-Cookie", f"{AFFINITY_COOKIE}={visit.dyno}; Path=/; HttpOnly")
        response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
        await response.prepare(visit.request)
        try:
            while piece := await self._piece(answer):
                await response.write(piece)
                visit.sent += len(piece)
            await response.write_eof()
        except (aiohttp.ClientPayloadError, TimeoutError):
            visit.break_off(error_pages.INTERRUPTED)
        except ConnectionError:
            visit.break_off(error_pages.CLIENT_LEFT)
        return response

    async def _piece(self, answer: aiohttp.ClientResponse) -> bytes:
        async with asyncio.timeout(self._limits.idle):
            return await answer.content.readany()

    async def _join(self, visit: Visit, url: URL) -> web.StreamResponse:
        try:
            response = await websocket.join(
                visit.request, self._client(), url, request_headers(visit)
            )
        except aiohttp.WSServerHandshakeError as error:
            visit.status = error.status
            return web.Response(status=error.status)
        visit.status = response.status
        return response

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trace_configs=[_connect_timer()],
            )
        return self._session


def _connect_timer() -> aiohttp.TraceConfig:
    """Tells each visit how long the connection to its dyno took."""
    timer = aiohttp.TraceConfig()
    loop = asyncio.get_running_loop()

    async def start(_session: object, context: SimpleNamespace, _params: object) -> None:
        context.began = loop.time()

    async def done(_session: object, context: SimpleNamespace, _params: object) -> None:
        if context.trace_request_ctx:
            context.trace_request_ctx.connect = loop.time() - context.began

    timer.on_connection_create_start.append(start)
    timer.on_connection_create_end.append(done)
    return timer
