"""One request on its way through the router, and the headers that go with it."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from multidict import CIMultiDict

from localheroku.router.heroku_name import name_request

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

    from localheroku.router.error_pages import Refusal

VIA = "1.1 heroku-router"
REQUEST_ID = re.compile(r"^[-\w+/=]{20,200}$")

# Headers of one connection, not of the message.  RFC 9110 section 7.6.1
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# Handled here, before the dyno gets the request.
HANDLED_HERE = frozenset({"expect"})


@dataclass
class ProxiedRequest:
    """One request on its way through the router."""

    request: web.Request
    app_id: str
    host: str
    request_id: str
    started_at: float = field(default_factory=time.monotonic)
    dyno: str = ""
    connect: float = 0.0
    status: int = 0
    sent: int = 0
    refusal: Refusal | None = None
    sets_affinity_cookie: bool = False
    """Whether the response sets the cookie that names the dyno."""
    name: str = ""
    """The name at Heroku under which the dyno gets the request; empty for the client's."""

    def log_line(self) -> str:
        """Return the line that `heroku[router]` logs."""
        request, refusal = self.request, self.refusal
        level = refusal.log_prefix if refusal else "info"
        path = self.target.replace('"', "%22")
        # A header may contain bytes that are not text.
        forwarded = _forwarded_for(request).encode(errors="backslashreplace").decode()
        milliseconds = round((time.monotonic() - self.started_at) * 1000)
        return (
            f'at={level} method={request.method} path="{path}" host={self.host} '
            f'request_id={self.request_id} fwd="{forwarded}" dyno={self.dyno} '
            f"connect={round(self.connect * 1000)}ms service={milliseconds}ms "
            f"status={self.status} bytes={self.sent} protocol={request.scheme}"
        )

    @property
    def target(self) -> str:
        """Path and query as they were sent, also in a request that addresses the router as a proxy.

        RFC 9112 section 3.2.2
        """
        sent = self.request.raw_path
        return sent if sent.startswith("/") else self.request.rel_url.raw_path_qs

    @property
    def client_left(self) -> bool:
        """Whether the client has closed its connection."""
        return self.request.transport is None or self.request.transport.is_closing()

    def break_off(self, refusal: Refusal) -> None:
        """Close the connection: the only way to report an error after the answer's head."""
        self.refusal = refusal
        if self.request.transport:
            self.request.transport.close()


def request_headers(proxied: ProxiedRequest) -> CIMultiDict[str]:
    """Return the headers that the dyno gets."""
    request = proxied.request
    headers = forwardable_headers(request.headers)
    sockname = request.transport.get_extra_info("sockname") if request.transport else None
    headers["X-Forwarded-For"] = _forwarded_for(request)
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Port"] = str(sockname[1] if sockname else request.url.port)
    if proxied.name:
        name_request(headers, proxied.name)
    headers["X-Request-Id"] = proxied.request_id
    headers["X-Request-Start"] = str(round(time.time() * 1000))
    headers.add("Via", VIA)
    return headers


def forwardable_headers(headers: aiohttp.typedefs.LooseHeaders) -> CIMultiDict[str]:
    """Return the end-to-end headers in their order, including repeated ones."""
    all_headers: CIMultiDict[str] = CIMultiDict(headers)
    connection_headers = ",".join(all_headers.getall("Connection", [])).lower().split(",")
    dropped = HOP_BY_HOP | HANDLED_HERE | {name.strip() for name in connection_headers}
    return CIMultiDict(
        (name, value) for name, value in all_headers.items() if name.lower() not in dropped
    )


def _forwarded_for(request: web.Request) -> str:
    before = request.headers.get("X-Forwarded-For")
    return ", ".join(part for part in (before, request.remote) if part)


def request_id(request: web.Request) -> str:
    """Return the client's request id if it is valid, or a new one."""
    client_id = request.headers.get("X-Request-Id", "")
    return client_id if REQUEST_ID.match(client_id) else str(uuid.uuid4())
