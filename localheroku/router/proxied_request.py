"""One request on its way through the router, and the headers that go with it."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from multidict import CIMultiDict

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

    from localheroku.router.error_pages import Refusal

VIA = "1.1 heroku-router"
REQUEST_ID = re.compile(r"^[-\w+/=]{20,200}$")

# Of one connection, not of the message.  RFC 9110 section 7.6.1
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
# Answered here, before the dyno is asked.
OWN = frozenset({"expect"})


@dataclass
class Visit:
    """One request on its way."""

    request: web.Request
    app_id: str
    host: str
    request_id: str
    began: float = field(default_factory=time.monotonic)
    dyno: str = ""
    connect: float = 0.0
    status: int = 0
    sent: int = 0
    refusal: Refusal | None = None
    affine: bool = False
    """Whether the browser is to be told which dyno to come back to."""

    def line(self) -> str:
        """What `heroku[router]` logs of it."""
        request, refusal = self.request, self.refusal
        level = refusal.log_words if refusal else "info"
        path = self.target.replace('"', "%22")
        # A header may hold bytes that are no text.
        forwarded = _forwarded_for(request).encode(errors="backslashreplace").decode()
        milliseconds = round((time.monotonic() - self.began) * 1000)
        return (
            f'at={level} method={request.method} path="{path}" host={self.host} '
            f'request_id={self.request_id} fwd="{forwarded}" dyno={self.dyno} '
            f"connect={round(self.connect * 1000)}ms service={milliseconds}ms "
            f"status={self.status} bytes={self.sent} protocol={request.scheme}"
        )

    @property
    def target(self) -> str:
        """Path and query as they were sent, also to one who is taken for a proxy.

        RFC 9112 section 3.2.2
        """
        sent = self.request.raw_path
        return sent if sent.startswith("/") else self.request.rel_url.raw_path_qs

    @property
    def left(self) -> bool:
        """Whether the client has closed its connection."""
        return self.request.transport is None or self.request.transport.is_closing()

    def break_off(self, refusal: Refusal) -> None:
        """Close the connection: the only sign left when the answer's head has gone out."""
        self.refusal = refusal
        if self.request.transport:
            self.request.transport.close()


def request_headers(visit: Visit) -> CIMultiDict[str]:
    """What the dyno is sent."""
    request = visit.request
    headers = passed_on(request.headers)
    sockname = request.transport.get_extra_info("sockname") if request.transport else None
    headers["X-Forwarded-For"] = _forwarded_for(request)
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Port"] = str(sockname[1] if sockname else request.url.port)
    headers["X-Request-Id"] = visit.request_id
    headers["X-Request-Start"] = str(round(time.time() * 1000))
    headers.add("Via", VIA)
    return headers


def passed_on(headers: aiohttp.typedefs.LooseHeaders) -> CIMultiDict[str]:
    """What is meant for the other end, in its order, repeated headers repeated."""
    everything: CIMultiDict[str] = CIMultiDict(headers)
    named = ",".join(everything.getall("Connection", [])).lower().split(",")
    dropped = HOP_BY_HOP | OWN | {name.strip() for name in named}
    return CIMultiDict(
        (name, value) for name, value in everything.items() if name.lower() not in dropped
    )


def _forwarded_for(request: web.Request) -> str:
    before = request.headers.get("X-Forwarded-For")
    return ", ".join(part for part in (before, request.remote) if part)


def request_id(request: web.Request) -> str:
    """The one that the client gave, where it is one."""
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.match(given) else str(uuid.uuid4())
