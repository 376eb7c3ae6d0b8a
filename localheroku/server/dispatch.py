"""HTTP in, HTTP out: what every request and answer of the Platform API has in common."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

from aiohttp import web

from localheroku import control
from localheroku.api import endpoints
from localheroku.api.builds.buildpacks import registry
from localheroku.api.domains import models as domains
from localheroku.api.endpoint import Call, Found, Routes
from localheroku.auth import authorization, current_account, scopes
from localheroku.control.faults import injection
from localheroku.control.recorder.models import Told
from localheroku.core import body_schema, disk_full
from localheroku.core.backends import Site
from localheroku.core.errors import (
    AcceptError,
    ApiError,
    DiskFullError,
    EndpointNotFoundError,
    HostError,
    InternalError,
    UnknownFieldsError,
)
from localheroku.dashboard import routes as page_routes
from localheroku.git import transport
from localheroku.http import bodies, origin, redacted_path
from localheroku.http.range import page, parse
from localheroku.http.request_log import Line, RequestLog, listed, product
from localheroku.platform import Platform
from localheroku.server import streams

ACCEPT = re.compile(r"application/vnd\.heroku\+json;\s*version=3(\.[\w-]+)?\b")
SITE_SUFFIX = ".localhost"
UNKNOWN = web.RequestKey("unknown", list[str])
"""The fields that a request was refused for, for the log."""
TAG = re.compile(r'"[^"]*"')

Answer = Callable[[dict[str, str]], Awaitable[web.StreamResponse]]
"""It is given the headers that all answers have."""


class Server:
    """Sends a request to the Platform API or to an app's site, by the name it asks for."""

    def __init__(self, platform: Platform, site: Site, log: RequestLog) -> None:
        self._platform = platform
        self._site = site
        self._log = log
        self._routes = Routes(endpoints())
        self._telling = redacted_path.Telling(endpoints(), platform.keys)
        self._registry = Routes(registry.ROUTES)
        self._controls = Routes(control.endpoints())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A web page elsewhere that makes its own name point here is refused: its Host is foreign.

        https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/DNS_rebinding
        """
        host = origin.host_name(request.host)
        if host in origin.API_HOSTS:
            found = self._find(request)
            return await self._logged(request, found, partial(self._api, request, found))
        if host.endswith(SITE_SUFFIX) or domains.resolve(self._platform, host):
            await self._platform.readiness.dynos.wait()
            return await self._site.handle(request)
        return await self._logged(request, None, partial(_refuse_host, host))

    def _find(self, request: web.Request) -> Found | None:
        """What the Platform API or the registry has there."""
        if request.path.startswith(control.PREFIX):
            return None
        routes = self._registry if _is_for_registry(request) else self._routes
        method = "GET" if request.method == "HEAD" else request.method
        return routes.find(method, request.rel_url.raw_path)

    async def _logged(
        self, request: web.Request, found: Found | None, answer: Answer
    ) -> web.StreamResponse:
        began, headers = time.perf_counter(), {"Request-Id": _request_id(request)}
        request[redacted_path.PATH] = self._telling.path(request, found)
        response = await answer(headers)
        call = Line(
            time=self._platform.now(),
            method=request.method,
            path=request[redacted_path.PATH],
            status=response.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
            request_id=headers["Request-Id"],
            route=found[0].name if found else transport.route(request),
            client=product(request.headers.get("User-Agent")),
            unknown=request.get(UNKNOWN, []),
        )
        self._log.write(call)
        if not page_routes.concerns(request):
            self._platform.page.feed.add(call)
        if self._platform.recorder.on and not _is_aside(request):
            self._record(call, request, response)
        return response

    def _record(self, call: Line, request: web.Request, response: web.StreamResponse) -> None:
        answered = response.body if isinstance(response, web.Response) else None
        told = Told(
            path=request.path,
            query=request.query,
            asked=request.get(bodies.SAID, b""),
            answered=answered if isinstance(answered, bytes) else None,
        )
        self._platform.recorder.write(call, told)

    async def _api(
        self, request: web.Request, found: Found | None, headers: dict[str, str]
    ) -> web.StreamResponse:
        perform = partial(self._respond, request, headers, found)
        if self._platform.faults.active and not _is_aside(request):
            return await injection.meet(self._platform, request, headers, found, perform)
        return await perform()

    async def _respond(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.StreamResponse:
        try:
            origin.refuse_foreign(request)
            if page_routes.concerns(request):
                return await self._show(request, headers, found)
            if request.path.startswith(streams.PREFIX):
                return await streams.handle(self._platform, request, headers)
            if request.path.startswith(control.PREFIX):
                return await self._control(request, headers)
            if _is_for_registry(request):
                return await self._perform(request, headers, found)
            if transport.route(request):
                return await transport.handle(self._platform, request, headers)
            return await self._answer(request, headers, found)
        except ApiError as error:
            if isinstance(error, UnknownFieldsError):
                request[UNKNOWN] = listed(error.names)
            return _error(error, headers)
        except Exception as failure:
            if disk_full.tells_of(failure, self._platform.settings.data):
                return _error(DiskFullError(), headers)
            words = {"method": request.method, "path": request[redacted_path.PATH]}
            logging.getLogger(__name__).exception("%(method)s %(path)s failed", words)
            return _error(InternalError(**words, request_id=headers["Request-Id"]), headers)

    async def _show(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.StreamResponse:
        found = found or self._controls.find(request.method, request.rel_url.raw_path)
        return await page_routes.answer(self._platform, request, headers, found, self._perform)

    async def _answer(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.Response:
        opened = self._platform.keys.opened(request.headers.get("Authorization"))
        headers["Oauth-Scope"] = " ".join(opened.scope)
        if found:
            headers["Oauth-Scope-Accepted"] = " ".join(found[0].scopes)
            scopes.check(opened.scope, found[0].scopes)
        with current_account.calling(opened.account):
            if ACCEPT.search(request.headers.get("Accept", "")) is None:
                raise AcceptError
            headers["RateLimit-Remaining"] = str(self._left(request, opened.account.id))
            return await self._perform(request, headers, found)

    def _left(self, request: web.Request, account: str) -> int:
        """The calls that the account has left, with this one counted if it is not free."""
        limit = self._platform.rate_limit
        free = request.path == "/account/rate-limits"
        return limit.remaining(account) if free else limit.count(account)

    async def _control(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        owner = self._platform.keys.owner(request.headers.get("Authorization"))
        control.refuse_others(self._platform, owner)
        with current_account.calling(owner):
            found = self._controls.find(request.method, request.rel_url.raw_path)
            return await self._perform(request, headers, found)

    async def _perform(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.Response:
        if found is None:
            raise EndpointNotFoundError(method=request.method, path=request[redacted_path.PATH])
        endpoint, path = found
        asked = request.headers.get("Range")
        wanted = parse(asked, endpoint.order_by) if endpoint.order_by else None
        body = await bodies.read(request)
        authorization.check(self._platform, endpoint.needs, path, body)
        if endpoint.takes is not None:
            body_schema.check(body, endpoint.takes)
        call = Call(
            self._platform,
            path,
            body,
            request.query,
            inclusions=_words(request.headers.get("Accept-Inclusion", "")),
            expansions=_words(request.headers.get("Accept-Expansion", "")),
            headers=headers,
        )
        answer = await endpoint.handler(call)
        if wanted is None:
            return _json(request, answer, endpoint.status, headers)
        part = page(answer, wanted, endpoint.order_by)
        headers.update(part.headers)
        return _json(request, part.items, 206 if part.partial else endpoint.status, headers)


def _is_for_registry(request: web.Request) -> bool:
    return request.path.startswith(f"{registry.PREFIX}/")


def _is_aside(request: web.Request) -> bool:
    """Whether it is for people who look or control: no fault strikes it and nothing records it."""
    return request.path.startswith(control.PREFIX) or page_routes.concerns(request)


async def _refuse_host(host: str, headers: dict[str, str]) -> web.StreamResponse:
    return _error(HostError(host=host), headers)


def _request_id(request: web.Request) -> str:
    """One of its own, after the client's."""
    own, given = str(uuid4()), request.headers.get("Request-Id")
    return f"{given},{own}" if given and given.isascii() else own


def _words(header: str) -> frozenset[str]:
    return frozenset(word.strip() for word in header.split(","))


def _json(
    request: web.Request, document: Any, status: int, headers: dict[str, str]
) -> web.Response:
    text = json.dumps(document, ensure_ascii=False)
    if request.method in ("GET", "HEAD"):
        headers["ETag"] = tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        if _knows(request, tag):
            return web.Response(status=304, headers=headers)
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def _knows(request: web.Request, tag: str) -> bool:
    """Whether the client says that it has what the tag stands for.  RFC 9110 section 13.1.2"""
    if "If-None-Match" not in request.headers:
        return False
    tags = ", ".join(request.headers.getall("If-None-Match"))
    return tags == "*" or tag in TAG.findall(tags)


def _error(error: ApiError, headers: dict[str, str]) -> web.Response:
    return web.json_response(
        error.document(), status=error.status, headers={**headers, **error.headers()}
    )
