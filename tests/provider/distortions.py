"""A fake Heroku that answers like a case, except that it distorts the response to one call.

The call itself is executed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.provider.fake import Exchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

MARKER = "planted-marker-0451"
NOT_FOUND = {"id": "not_found", "message": "Couldn't find that."}
_HTML = f"<html>{MARKER}: log in</html>"


@dataclass(frozen=True)
class Call:
    """A request, and its number among those with the same name in a run, from 1."""

    name: str
    number: int = 1


Distort: TypeAlias = Callable[[web.Request, Any], Awaitable[web.StreamResponse]]
"""A function that sends another response than the good one, which is an argument."""


def _json(text: str, status: int = 200) -> Distort:
    async def answer(_: web.Request, __: Any) -> web.StreamResponse:
        return web.Response(text=text, status=status, content_type="application/json")

    return answer


def _page(status: int) -> Distort:
    async def answer(_: web.Request, __: Any) -> web.StreamResponse:
        headers = {"Location": f"/{MARKER}"} if 300 <= status < 400 else {}
        return web.Response(text=_HTML, status=status, content_type="text/html", headers=headers)

    return answer


def _bare(status: int) -> Distort:
    async def answer(_: web.Request, __: Any) -> web.StreamResponse:
        return web.Response(status=status)

    return answer


async def _no_end() -> None:
    """Do not wait."""


async def _as_listed(_: web.Request, good: Any) -> web.StreamResponse:
    return web.json_response(good)


async def _empty(_: web.Request, __: Any) -> web.StreamResponse:
    return web.Response(body=b"", content_type="application/json")


async def _bad_byte(_: web.Request, good: Any) -> web.StreamResponse:
    body = _marked(good).replace(MARKER.encode(), MARKER.encode() + b"\xff")
    return web.Response(body=body, content_type="application/json")


async def _utf_16(_: web.Request, good: Any) -> web.StreamResponse:
    body = _marked(good).decode().encode("utf-16")
    return web.Response(body=body, headers={"Content-Type": "application/json; charset=utf-16"})


async def _named_utf_16(_: web.Request, good: Any) -> web.StreamResponse:
    headers = {"Content-Type": "application/json; charset=utf-16"}
    return web.Response(body=json.dumps(good).encode(), headers=headers)


async def _cut_off(request: web.Request, good: Any) -> web.StreamResponse:
    body = _marked(good)
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[:-1])
    return _closed(request)


async def _half(_: web.Request, good: Any) -> web.StreamResponse:
    return web.Response(body=_marked(good)[:-1], content_type="application/json")


def _raw(head: str) -> Distort:
    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(f"{head}{MARKER}\r\n\r\n".encode())
        return _closed(request)

    return answer


def _closed(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _other_kinds(_: web.Request, good: Any) -> web.StreamResponse:
    return web.json_response(_with_other_kinds(good))


def _with_other_kinds(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return {name: _with_other_kinds(each) for name, each in value.items()}
    if isinstance(value, list) and value:
        return [_with_other_kinds(each) for each in value]
    return [MARKER] if value is not None else None


def _marked(good: Any) -> bytes:
    """Return the good response with the marker, which must not be printed, somewhere in it."""
    marked = {MARKER: MARKER, **good} if isinstance(good, dict) else [MARKER, good]
    return json.dumps(marked).encode()


DISTORTIONS: dict[str, Distort] = {
    "null": _json("null"),
    "{}": _json("{}"),
    "[]": _json("[]"),
    "204": _bare(204),
    "304": _bare(304),
    "empty": _empty,
    "html": _page(200),
    "html 302": _page(302),
    "html 404": _page(404),
    "html 502": _page(502),
    "{} 404": _json("{}", 404),
    "bad byte": _bad_byte,
    "utf-16": _utf_16,
    "named utf-16": _named_utf_16,
    "cut off": _cut_off,
    "half": _half,
    "not HTTP": _raw(""),
    "bad chunk": _raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "too deep": _json(f'["{MARKER}"' + ", [" * 100_000),
    "half a surrogate pair": _json(json.dumps({"id": f"{MARKER}\ud800"})),
    "other kinds": _other_kinds,
}
PATIENCE = 3
"""How often a response is distorted before the user interrupts the engine."""
VALID = ("{}", "[]", "named utf-16")
"""Distortions that can be good responses with nothing in them."""
REFUSED = ("html 404", "{} 404")
"""Distortions that are errors after which a request is not retried."""


@dataclass
class Trial:
    """One run of a case, with the response to a call distorted: once, or at every retry."""

    exchanges: Sequence[Exchange]
    url: str
    call: Call | None = None
    distort: Distort = _as_listed
    always: bool = False
    give_up: Callable[[], Awaitable[None]] = _no_end
    asked: list[Call] = field(default_factory=list)
    not_found: bool = False
    well: set[str] = field(default_factory=set)
    """The names of requests that got the case's response."""
    _counts: Counter[str] = field(default_factory=Counter)
    _lost: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        name = f"{request.method} {request.path}"
        self._counts[name] += 1
        now = Call(name, self._counts[name])
        self.asked.append(now)
        again = self._lost[name] > 0
        status, good = self._listed(name, again=again)
        if self.call and name == self.call.name and self._struck(now.number):
            self._lost[name] += 1
            if self._lost[name] > PATIENCE:
                await self.give_up()
            return await self.distort(request, good)
        self.well.add(name)
        self.not_found |= status == 404
        return web.json_response(good, status=status)

    def posted(self) -> list[Call]:
        """Return the POSTs that arrived."""
        return [call for call in self.asked if call.name.startswith("POST ")]

    def _struck(self, number: int) -> bool:
        assert self.call is not None
        return number == self.call.number or (self.always and number > self.call.number)

    def _listed(self, name: str, *, again: bool) -> tuple[int, Any]:
        """Return the case's response; after the last one, return it again."""
        listed = [each for each in self.exchanges if each.request == name]
        if name.startswith("DELETE ") and again:
            return 404, NOT_FOUND
        if not listed:
            return self._one_of_a_list(name)
        exchange = listed[min(self._counts[name] - self._lost[name], len(listed)) - 1]
        body = json.loads(json.dumps(exchange.body).replace("HEROKU_URL", self.url))
        return exchange.status, body

    def _one_of_a_list(self, name: str) -> tuple[int, Any]:
        """Return an object from a list of the case."""
        parent, _, key = name.rpartition("/")
        for exchange in self.exchanges:
            if exchange.request == parent and isinstance(exchange.body, list):
                for one in exchange.body:
                    if key in (one.get("id"), one.get("name"), one.get("type")):
                        return 200, one
        return 404, NOT_FOUND


class Stage:
    """A server that runs one trial after the other."""

    url = ""
    trial: Trial

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return await self.trial.answer(request)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Serve trials for as long as the block runs."""
    here = Stage()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", here.answer)
    async with TestServer(app) as server:
        here.url = f"http://{server.host}:{server.port}"
        yield here
