"""Which site answers a request, and how the request is logged."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from aiohttp import web

from localheroku.api import endpoints
from localheroku.api.domains import models as domains
from localheroku.api.endpoint import Found
from localheroku.control.faults import injection
from localheroku.control.recorder.models import RecordedCall
from localheroku.core import disk_full
from localheroku.core.backends import AppSite
from localheroku.core.errors import (
    ApiError,
    DiskFullError,
    HostError,
    InternalError,
    UnknownFieldsError,
)
from localheroku.git import transport
from localheroku.http import bodies, origin, redacted_path
from localheroku.http.request_log import LoggedRequest, RequestLog, product, shorten_names
from localheroku.platform import Platform
from localheroku.server.sites import Site, Sites

SITE_SUFFIX = ".localhost"
UNKNOWN_FIELDS = web.RequestKey("unknown", list[str])
"""The fields that a request was rejected for, for the log."""

Answer = Callable[[dict[str, str]], Awaitable[web.StreamResponse]]
"""Answers a request, given the headers that all answers have."""


class Dispatcher:
    """Sends a request to one of the platform's sites or to an app's site, by its host name."""

    def __init__(self, platform: Platform, site: AppSite, log: RequestLog) -> None:
        self._platform = platform
        self._app_site = site
        self._log = log
        self._sites = Sites(platform)
        self._path_redactor = redacted_path.PathRedactor(endpoints(), platform.keys)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; refuse one with a foreign host name.

        Such a name may belong to a web page elsewhere that makes it resolve to this machine.
        https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/DNS_rebinding
        """
        host = origin.host_name(request.host)
        if host in origin.API_HOSTS:
            site = self._sites.of(request)
            found = site.find(request)
            answer = partial(self._answer, request, site, found)
            return await self._answer_and_log(request, site, found, answer)
        if host.endswith(SITE_SUFFIX) or domains.resolve(self._platform, host):
            await self._platform.readiness.dynos.wait()
            return await self._app_site.handle(request)
        refusal = partial(_refuse_host, host)
        return await self._answer_and_log(request, self._sites.of(request), None, refusal)

    async def _answer_and_log(
        self, request: web.Request, site: Site, found: Found | None, answer: Answer
    ) -> web.StreamResponse:
        began, headers = time.perf_counter(), {"Request-Id": _request_id(request)}
        request[redacted_path.PATH] = self._path_redactor.redact(request, found)
        response = await answer(headers)
        call = LoggedRequest(
            time=self._platform.now(),
            method=request.method,
            path=request[redacted_path.PATH],
            status=response.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
            request_id=headers["Request-Id"],
            route=found[0].name if found else transport.route(request),
            client=product(request.headers.get("User-Agent")),
            unknown=request.get(UNKNOWN_FIELDS, []),
        )
        self._log.write(call)
        if site.listed:
            self._platform.dashboard.feed.add(call)
        if site.recorded and self._platform.recorder.is_on:
            self._record(call, request, response)
        return response

    def _record(
        self, call: LoggedRequest, request: web.Request, response: web.StreamResponse
    ) -> None:
        response_body = response.body if isinstance(response, web.Response) else None
        recorded_call = RecordedCall(
            path=request.path,
            query=request.query,
            request_body=request.get(bodies.DECODED_BODY, b""),
            response_body=response_body if isinstance(response_body, bytes) else None,
        )
        self._platform.recorder.write(call, recorded_call)

    async def _answer(
        self, request: web.Request, site: Site, found: Found | None, headers: dict[str, str]
    ) -> web.StreamResponse:
        perform = partial(self._respond, request, site, found, headers)
        if site.recorded and self._platform.faults.active:
            return await injection.apply(self._platform, request, headers, found, perform)
        return await perform()

    async def _respond(
        self, request: web.Request, site: Site, found: Found | None, headers: dict[str, str]
    ) -> web.StreamResponse:
        try:
            origin.refuse_foreign(request)
            return await site.handle(request, headers, found)
        except ApiError as error:
            if isinstance(error, UnknownFieldsError):
                request[UNKNOWN_FIELDS] = shorten_names(error.names)
            return _error(error, headers)
        except Exception as failure:
            if disk_full.is_disk_full(failure, self._platform.settings.data):
                return _error(DiskFullError(), headers)
            error_fields = {"method": request.method, "path": request[redacted_path.PATH]}
            logging.getLogger(__name__).exception("%(method)s %(path)s failed", error_fields)
            return _error(InternalError(**error_fields, request_id=headers["Request-Id"]), headers)


async def _refuse_host(host: str, headers: dict[str, str]) -> web.StreamResponse:
    return _error(HostError(host=host), headers)


def _request_id(request: web.Request) -> str:
    """Return a new request id, appended to the client's id if there is one."""
    own, client_id = str(uuid4()), request.headers.get("Request-Id")
    return f"{client_id},{own}" if client_id and client_id.isascii() else own


def _error(error: ApiError, headers: dict[str, str]) -> web.Response:
    return web.json_response(
        error.document(), status=error.status, headers={**headers, **error.headers()}
    )
