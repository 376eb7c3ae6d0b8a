"""The sites at the Platform API's address, as a table: the first one that matches answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from localheroku import control
from localheroku.api import endpoints
from localheroku.api.builds.buildpacks import registry
from localheroku.api.endpoint import Found, Routes
from localheroku.auth import current_account, scopes
from localheroku.core.errors import AcceptError
from localheroku.dashboard import routes as dashboard
from localheroku.git import transport
from localheroku.platform import Platform
from localheroku.server import calls, streams

ACCEPT = re.compile(r"application/vnd\.heroku\+json;\s*version=3(\.[\w-]+)?\b")

Matches = Callable[[web.Request], bool]
Find = Callable[[web.Request], Found | None]
Handle = Callable[[web.Request, dict[str, str], Found | None], Awaitable[web.StreamResponse]]
"""Answers a request, given the headers of the answer and the endpoint that was found."""


def _nothing(_: web.Request) -> None:
    """Find no endpoint: the site has none, or finds it itself."""


@dataclass(frozen=True)
class Site:
    """One of the sites; `handle` raises an ApiError to refuse a request."""

    matches: Matches
    handle: Handle
    find: Find = _nothing
    """Returns the endpoint for the request log and for faults."""
    recorded: bool = True
    """Whether faults are injected into its requests and the recorder keeps them."""
    listed: bool = True
    """Whether the dashboard lists its requests."""


class Sites:
    """The sites of one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._routes = Routes(endpoints())
        self._registry = Routes(registry.ROUTES)
        self._controls = Routes(control.endpoints())
        self._table = (
            Site(
                dashboard.matches,
                self._handle_dashboard,
                find=self._find_for_dashboard,
                recorded=False,
                listed=False,
            ),
            Site(_below(streams.PREFIX), self._handle_stream, find=self._find),
            Site(_below(control.PREFIX), self._handle_control, recorded=False),
            Site(_below(registry.PREFIX + "/"), self._perform, find=self._find_in_registry),
            Site(_is_for_git, self._handle_git, find=self._find),
            Site(lambda _: True, self._handle_api, find=self._find),
        )

    def of(self, request: web.Request) -> Site:
        """Return the site that answers the request; the Platform API is the last one."""
        return next(site for site in self._table if site.matches(request))

    def _find(self, request: web.Request) -> Found | None:
        return _found(self._routes, request)

    def _find_in_registry(self, request: web.Request) -> Found | None:
        return _found(self._registry, request)

    def _find_for_dashboard(self, request: web.Request) -> Found | None:
        return None if request.path.startswith(control.PREFIX) else self._find(request)

    async def _handle_dashboard(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.StreamResponse:
        found = found or self._controls.find(request.method, request.rel_url.raw_path)
        return await dashboard.answer(self._platform, request, headers, found, self._perform)

    async def _handle_stream(
        self, request: web.Request, headers: dict[str, str], _: Found | None
    ) -> web.StreamResponse:
        return await streams.handle(self._platform, request, headers)

    async def _handle_control(
        self, request: web.Request, headers: dict[str, str], _: Found | None
    ) -> web.StreamResponse:
        owner = self._platform.keys.owner(request.headers.get("Authorization"))
        control.refuse_others(self._platform, owner)
        with current_account.calling(owner):
            found = self._controls.find(request.method, request.rel_url.raw_path)
            return await self._perform(request, headers, found)

    async def _handle_git(
        self, request: web.Request, headers: dict[str, str], _: Found | None
    ) -> web.StreamResponse:
        return await transport.handle(self._platform, request, headers)

    async def _handle_api(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.StreamResponse:
        access = self._platform.keys.access(request.headers.get("Authorization"))
        headers["Oauth-Scope"] = " ".join(access.scope)
        if found:
            headers["Oauth-Scope-Accepted"] = " ".join(found[0].scopes)
            scopes.check(access.scope, found[0].scopes)
        with current_account.calling(access.account):
            if ACCEPT.search(request.headers.get("Accept", "")) is None:
                raise AcceptError
            headers["RateLimit-Remaining"] = str(self._count(request, access.account.id))
            return await self._perform(request, headers, found)

    def _count(self, request: web.Request, account: str) -> int:
        """Count the call unless it is free, and return how many the account has left."""
        limit = self._platform.rate_limit
        free = request.path == "/account/rate-limits"
        return limit.remaining(account) if free else limit.count(account)

    async def _perform(
        self, request: web.Request, headers: dict[str, str], found: Found | None
    ) -> web.Response:
        return await calls.perform(self._platform, request, headers, found)


def _below(prefix: str) -> Matches:
    return partial(_is_below, prefix)


def _is_below(prefix: str, request: web.Request) -> bool:
    return request.path.startswith(prefix)


def _is_for_git(request: web.Request) -> bool:
    return transport.route(request) is not None


def _found(routes: Routes, request: web.Request) -> Found | None:
    method = "GET" if request.method == "HEAD" else request.method
    return routes.find(method, request.rel_url.raw_path)
