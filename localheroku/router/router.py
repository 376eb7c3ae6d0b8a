"""The router: passes each request for an app's host to one of the app's web dynos.

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
from localheroku.router import error_pages, heroku_name, websocket
from localheroku.router.error_pages import RequestRefused
from localheroku.router.heroku_name import AppDomains, HerokuNames
from localheroku.router.proxied_request import (
    VIA,
    ProxiedRequest,
    forwardable_headers,
    request_headers,
    request_id,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from localheroku.core.backends import AppDirectory
    from localheroku.dynos.logs import LogStore
    from localheroku.dynos.manager import DynoManager

POLL_SECONDS = 0.05

# https://devcenter.heroku.com/articles/session-affinity
AFFINITY = "http-session-affinity"
AFFINITY_COOKIE = "heroku-session-affinity"
HEADERS_NEVER_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True)
class RouterLimits:
    """How long the router waits, in seconds.

    https://devcenter.heroku.com/articles/request-timeout
    """

    boot: float = 20.0
    """How long a web dyno may take to start."""
    response: float = 30.0
    """How long the first byte of the answer may take, once the request is sent."""
    idle: float = 55.0
    """The longest pause between two chunks of a request or an answer."""


class Router:
    """Serves the host names of all apps."""

    def __init__(
        self,
        apps: AppDirectory,
        dynos: DynoManager,
        logs: LogStore,
        limits: RouterLimits | None = None,
    ) -> None:
        self._apps = apps
        self._dynos = dynos
        self._logs = logs
        self._limits = limits or RouterLimits()
        self._session: aiohttp.ClientSession | None = None
        self._names = HerokuNames()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request with the answer of the app's dyno, or with Heroku's error page."""
        host = (urlsplit(f"//{request.host}").hostname or "").lower()
        app_id = self._apps.find(host)
        if app_id is None:
            return error_pages.no_such_app(host)
        proxied = ProxiedRequest(request, app_id, host, request_id(request))
        try:
            return await self._serve(proxied)
        except RequestRefused as error:
            proxied.refusal, proxied.status = error.refusal, error.refusal.status
            own = self._apps.config_var(app_id, error.refusal.variable)
            return error.refusal.page(own)
        finally:
            self._logs.append(app_id, "heroku", "router", proxied.log_line())

    async def close(self) -> None:
        """Close every connection."""
        if self._session:
            await self._session.close()

    async def _serve(self, proxied: ProxiedRequest) -> web.StreamResponse:
        if self._apps.in_maintenance(proxied.app_id):
            raise RequestRefused(error_pages.MAINTENANCE)
        proxied.dyno, port = await self._choose_dyno(proxied)
        url = URL(f"http://127.0.0.1:{port}{proxied.target}", encoded=True)
        proxied.name = self._names.of(proxied.app_id, port)
        try:
            if websocket.is_requested(proxied.request):
                return await self._join_websocket(proxied, url)
            async with await self._forward(proxied, url) as answer:
                if not await self._is_refused_by_name(proxied, url, answer.status):
                    return await self._answer(proxied, answer)
            async with await self._forward(proxied, url) as answer:
                return await self._answer(proxied, answer)
        except aiohttp.ClientConnectorError:
            raise RequestRefused(error_pages.REFUSED) from None
        except aiohttp.ClientResponseError:
            raise RequestRefused(error_pages.NOT_HTTP) from None
        except aiohttp.ClientError:
            raise RequestRefused(
                error_pages.CLIENT_LEFT if proxied.client_left else error_pages.NO_RESPONSE
            ) from None

    async def _is_refused_by_name(self, proxied: ProxiedRequest, url: URL, status: int) -> bool:
        """Return whether a dyno refused a request only because of its host, and can get it again.

        Asks each dyno once.
        """
        if status != heroku_name.BAD_REQUEST or not proxied.host.endswith(heroku_name.LOCAL):
            return False
        if proxied.request.body_exists or self._names.is_known(proxied.app_id, url.port or 0):
            return False
        domains = [name for name in self._apps.domains(proxied.app_id) if "*" not in name]
        app = AppDomains(proxied.app_id, domains)
        proxied.name = await self._names.ask(self._client(), app, proxied.host, url)
        return bool(proxied.name)

    async def _choose_dyno(self, proxied: ProxiedRequest) -> tuple[str, int]:
        """Choose a dyno; with session affinity the browser's previous one, if it is still up."""
        if not self._apps.has_feature(proxied.app_id, AFFINITY):
            return await self._web_dyno(proxied.app_id)
        previous = proxied.request.cookies.get(AFFINITY_COOKIE)
        port = self._dynos.port_of(proxied.app_id, previous) if previous else None
        if previous and port:
            return previous, port
        proxied.sets_affinity_cookie = True
        return await self._web_dyno(proxied.app_id)

    async def _web_dyno(self, app_id: str) -> tuple[str, int]:
        deadline = time.monotonic() + self._limits.boot
        while not (dyno := self._dynos.web_dyno(app_id)):
            if not self._dynos.wants_web(app_id):
                raise RequestRefused(error_pages.NO_WEB_DYNOS)
            states = {known.state for known in self._dynos.dynos(app_id) if known.type == "web"}
            # No dyno at all: they are being replaced at this moment.
            if states and DynoState.STARTING not in states:
                raise RequestRefused(error_pages.CRASHED)
            if time.monotonic() > deadline:
                raise RequestRefused(error_pages.BOOTING)
            await asyncio.sleep(POLL_SECONDS)
        return dyno

    async def _forward(self, proxied: ProxiedRequest, url: URL) -> aiohttp.ClientResponse:
        """Forward the request and return the answer's head."""
        request, loop = proxied.request, asyncio.get_running_loop()
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
                    headers=request_headers(proxied),
                    data=body() if request.body_exists else None,
                    allow_redirects=False,
                    skip_auto_headers=HEADERS_NEVER_ADDED,
                    trace_request_ctx=proxied,
                )
                waiting = False
                return answer
        except TimeoutError:
            raise RequestRefused(error_pages.TIMEOUT) from None
        finally:
            waiting = False

    async def _answer(
        self, proxied: ProxiedRequest, answer: aiohttp.ClientResponse
    ) -> web.StreamResponse:
        proxied.status = answer.status
        headers = forwardable_headers(answer.headers)
        headers.add("Via", VIA)
        if proxied.name:
            heroku_name.name_answer(headers, proxied.name, proxied.request.host)
        if proxied.sets_affinity_cookie:
            headers.add("Set-Cookie", f"{AFFINITY_COOKIE}={proxied.dyno}; Path=/; HttpOnly")
        response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
        await response.prepare(proxied.request)
        try:
            while chunk := await self._chunk(answer):
                await response.write(chunk)
                proxied.sent += len(chunk)
            await response.write_eof()
        except (aiohttp.ClientPayloadError, TimeoutError):
            proxied.break_off(error_pages.INTERRUPTED)
        except ConnectionError:
            proxied.break_off(error_pages.CLIENT_LEFT)
        return response

    async def _chunk(self, answer: aiohttp.ClientResponse) -> bytes:
        async with asyncio.timeout(self._limits.idle):
            return await answer.content.readany()

    async def _join_websocket(self, proxied: ProxiedRequest, url: URL) -> web.StreamResponse:
        try:
            response = await websocket.join(
                proxied.request, self._client(), url, request_headers(proxied)
            )
        except aiohttp.WSServerHandshakeError as error:
            proxied.status = error.status
            return web.Response(status=error.status)
        proxied.status = response.status
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
    """Return a tracer that sets each request's connect time."""
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
