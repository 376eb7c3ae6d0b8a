"""Tests of the API client: caching, retries and headers."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from dynostack.provider.api import Api
from dynostack.provider.errors import (
    HerokuError,
    ProviderError,
    StoppedError,
    UnreachableError,
    UnusableError,
)
from dynostack.provider.expected import NUMBER, TEXT, record
from dynostack.provider.privacy import Discretion
from dynostack.provider.session import Session
from dynostack.provider.settings import Settings
from tests.provider.asking import QUICK
from tests.provider.fake import API_KEY, Exchange, FakeHeroku, fake_heroku

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

APP = Exchange("GET /apps/app-1", 200, {"id": "app-1"})
LIMITED = {"id": "rate_limit", "message": "Your account reached the API rate limit."}
ANY = record()
RANGE = "id ..; max=1000"


@asynccontextmanager
async def _session(
    exchanges: Sequence[Exchange], **settings: object
) -> AsyncIterator[tuple[Session, FakeHeroku]]:
    async with fake_heroku(*exchanges) as fake:
        known = {"url": fake.url, "api_key": API_KEY, **settings}
        session = Session(Settings(**known), backoff=QUICK)  # type: ignore[arg-type]
        yield session, fake
        await session.api.close()


async def test_readers_at_the_same_time_share_one_request() -> None:
    async with _session([APP]) as (session, fake):
        answers = await asyncio.gather(*(session.api.get("/apps/app-1", ANY) for _ in range(5)))
    assert answers == [{"id": "app-1"}] * 5
    assert len(fake.asked) == 1


async def test_a_response_is_cached_until_something_is_written() -> None:
    made = Exchange("POST /apps/app-1/domains", 201, {})
    async with _session([APP, made, APP]) as (session, fake):
        await session.api.get("/apps/app-1", ANY)
        await session.api.get("/apps/app-1", ANY)
        await session.api.post("/apps/app-1/domains", {}, ANY)
        await session.api.get("/apps/app-1", ANY)
    assert [request for request, _ in fake.asked] == [APP.request, made.request, APP.request]


async def test_a_read_sent_before_a_write_is_not_cached_after_it() -> None:
    made = Exchange("POST /apps", 201, {})
    async with _session([APP, made, APP]) as (session, fake):
        before = asyncio.ensure_future(session.api.get("/apps/app-1", ANY))
        await asyncio.sleep(0)
        await session.api.post("/apps", {}, ANY)
        await session.api.get("/apps/app-1", ANY)
        await before
    assert [request for request, _ in fake.asked].count(APP.request) == 2


async def test_polling_sends_a_request_every_time() -> None:
    async with _session([APP, APP]) as (session, fake):
        await session.api.get("/apps/app-1", ANY, fresh=True)
        await session.api.get("/apps/app-1", ANY, fresh=True)
    assert len(fake.asked) == 2


async def test_a_not_found_error_is_cached() -> None:
    gone = Exchange(
        "GET /apps/app-1", 404, {"id": "not_found", "message": "Couldn't find that app."}
    )
    async with _session([gone]) as (session, fake):
        for _ in range(2):
            with pytest.raises(HerokuError, match="Couldn't find that app"):
                await session.api.get("/apps/app-1", ANY)
    assert len(fake.asked) == 1


async def test_another_error_is_not_cached() -> None:
    refused = Exchange("GET /apps/app-1", 403, {"id": "forbidden", "message": "No."})
    async with _session([refused, APP]) as (session, _):
        with pytest.raises(HerokuError):
            await session.api.get("/apps/app-1", ANY)
        assert await session.api.get("/apps/app-1", ANY) == {"id": "app-1"}


async def test_a_list_is_read_page_after_page() -> None:
    pages = [
        Exchange("GET /apps", 206, [{"id": 1}], headers={"Next-Range": "id ]1..; max=1000"}),
        Exchange("GET /apps", 206, [{"id": 2}], headers={"Next-Range": "id ]2..; max=1000"}),
        Exchange("GET /apps", 200, [{"id": 3}]),
    ]
    async with _session(pages) as (session, fake):
        assert [each["id"] for each in await session.api.listing("/apps", record(id=NUMBER))] == [
            1,
            2,
            3,
        ]
    ranges = [head["Range"] for head in fake.heads]
    assert ranges == [RANGE, "id ]1..; max=1000", "id ]2..; max=1000"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "GET"])
async def test_rate_limited_requests_are_retried_with_their_body(method: str) -> None:
    done = {"id": "x-1"}
    exchanges = [Exchange(f"{method} /x", 429, LIMITED), Exchange(f"{method} /x", 200, done)]
    async with _session(exchanges) as (session, fake):
        answer = await _ask(session.api, method)
    assert answer == (None if method == "DELETE" else done)
    sent = {"a": 1} if method in ("POST", "PATCH", "PUT") else None
    assert fake.asked == [(f"{method} /x", sent)] * 2


async def _ask(api: Api, method: str) -> object:
    body = {"a": 1}
    match method:
        case "POST":
            return await api.post("/x", body, ANY)
        case "PATCH":
            return await api.patch("/x", body, ANY)
        case "PUT":
            return await api.put("/x", body, ANY)
        case "GET":
            return await api.get("/x", ANY)
    return await api.delete("/x")  # type: ignore[func-returns-value]


async def test_a_retry_waits_as_long_as_heroku_asks() -> None:
    limited = Exchange("GET /x", 429, LIMITED, headers={"Retry-After": "0.2"})
    waits, said = await _waits_for(limited)
    assert waits == [0.2]
    assert said == ["Heroku's rate limit is reached: waiting 0 s before retrying GET /x"]


async def _waits_for(limited: Exchange) -> tuple[list[float], list[str]]:
    """Return how long a request waits after a response, and what is reported."""
    waits: list[float] = []
    said: list[str] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    async def say(message: str) -> None:
        said.append(message)

    async with fake_heroku(limited, Exchange("GET /x", 200, {})) as fake:
        api = Api(Settings(url=fake.url), Discretion([]), pause, QUICK, say)
        try:
            await api.get("/x", ANY)
        finally:
            await api.close()
    return waits, said


SLOWNESS_SECONDS = 50
"""The time that a busy machine may take between writing a date and reading it."""


@pytest.mark.parametrize("seconds", [60, 900, 3599])
async def test_a_long_wait_is_reported(seconds: int) -> None:
    for value in (
        str(seconds),
        format_datetime(datetime.now(UTC) + timedelta(seconds=seconds + 1)),
    ):
        waits, (line,) = await _waits_for(
            Exchange("GET /x", 429, LIMITED, headers={"Retry-After": value})
        )
        assert seconds - SLOWNESS_SECONDS <= waits[0] <= seconds + 1
        assert line.startswith("Heroku's rate limit is reached: waiting ")


@pytest.mark.parametrize("value", ["86400", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_no_request_waits_for_a_day(value: str) -> None:
    limited = Exchange("GET /x", 429, LIMITED, headers={"Retry-After": value})
    with pytest.raises(ProviderError) as refused:
        await _waits_for(limited)
    told = str(refused.value)
    assert told.startswith("Your account reached the API rate limit. (Heroku answered 429")
    assert told.endswith("but a request waits at most 60 min; try again later")
    if value == "86400":
        assert "Heroku asks to wait 24 h" in told


async def test_no_request_waits_for_several_hours() -> None:
    limited = Exchange("GET /x", 429, LIMITED, headers={"Retry-After": "1500"})
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    async with fake_heroku(limited, limited, limited) as fake:
        backoff = replace(QUICK, limited_tries=30)
        api = Api(Settings(url=fake.url), Discretion([]), pause, backoff, _silence)
        with pytest.raises(ProviderError, match="a request waits at most 60 min"):
            await api.get("/x", ANY)
        await api.close()
    assert waits == [1500, 1500]


@pytest.mark.parametrize("value", ["", "soon", "-1", "Thu, 1 Jan 1970 00:00:00 GMT"])
async def test_an_invalid_time_to_wait_is_ignored(value: str) -> None:
    waits, _ = await _waits_for(Exchange("GET /x", 429, LIMITED, headers={"Retry-After": value}))
    assert waits[0] <= 2 * QUICK.most


async def _silence(message: str) -> None:
    """Discard the progress."""


async def test_an_interrupted_engine_ends_the_waiting() -> None:
    limited = Exchange("POST /x", 429, LIMITED, headers={"Retry-After": "60"})
    async with _session([limited]) as (session, fake):
        asking = asyncio.ensure_future(session.api.post("/x", {}, ANY))
        await fake.hears(limited)
        session.stopping.set()
        with pytest.raises(StoppedError):
            await asking
    assert len(fake.asked) == 1


async def test_the_headers_of_each_request() -> None:
    async with _session([APP], email="ops@acme.example", headers={"X-Team": "acme"}) as (
        session,
        fake,
    ):
        await session.api.get("/apps/app-1", ANY)
    (head,) = fake.heads
    assert head["Accept"] == "application/vnd.heroku+json; version=3"
    assert head["X-Team"] == "acme"
    kind, login = head["Authorization"].split()
    assert (kind, b64decode(login)) == ("Basic", f"ops@acme.example:{API_KEY}".encode())


async def test_without_a_key_no_login_is_sent() -> None:
    async with _session([APP], api_key="") as (session, fake):
        await session.api.get("/apps/app-1", ANY)
    assert "Authorization" not in fake.heads[0]


async def test_an_error_response_that_is_not_from_heroku() -> None:
    async with _session([Exchange("POST /x", 502, "<html>")]) as (session, _):
        with pytest.raises(HerokuError, match="not from Heroku's API"):
            await session.api.post("/x", {}, ANY)


async def test_a_response_that_is_not_from_heroku(httpserver_url: str) -> None:
    session = Session(Settings(url=httpserver_url), backoff=QUICK)
    with pytest.raises(
        ProviderError, match=r"cannot use the response to GET /x \(200\): it is not JSON"
    ):
        await session.api.get("/x", ANY)
    await session.api.close()


async def test_lines_come_without_the_null_bytes_of_an_open_stream(httpserver_url: str) -> None:
    session = Session(Settings(), backoff=QUICK)
    lines = [line async for line in session.api.lines(f"{httpserver_url}/x")]
    await session.api.close()
    assert lines == ["<html>", "Log in first</html>"]


@pytest.fixture
async def httpserver_url() -> AsyncIterator[str]:
    """Start a server that is not Heroku."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(body=b"<html>\0\0\r\nLog in first</html>")

    app = web.Application()
    app.router.add_get("/x", page)
    async with TestServer(app) as server:
        yield f"http://{server.host}:{server.port}"


async def test_an_unreachable_address(unused_tcp_port: int) -> None:
    session = Session(Settings(url=f"http://127.0.0.1:{unused_tcp_port}"), backoff=QUICK)
    with pytest.raises(ProviderError, match="cannot reach Heroku for GET /x"):
        await session.api.get("/x", ANY)
    await session.api.close()


async def test_a_change_that_was_never_sent_is_retried(unused_tcp_port: int) -> None:
    async def made(_: web.Request) -> web.Response:
        return web.json_response({"id": "app-1"})

    app = web.Application()
    app.router.add_post("/apps", made)
    server = TestServer(app, port=unused_tcp_port)

    async def begin_to_serve(_: float) -> None:
        await server.start_server()

    address = f"http://127.0.0.1:{unused_tcp_port}"
    api = Api(Settings(url=address), Discretion([]), begin_to_serve, QUICK, _silence)
    assert await api.post("/apps", {"name": "shop"}, ANY) == {"id": "app-1"}
    await api.close()
    await server.close()


async def test_a_change_that_was_sent_is_not_retried() -> None:
    broken = Exchange("POST /apps", 503, {"id": "unavailable", "message": "Try again."})
    async with _session([broken, broken]) as (session, fake):
        with pytest.raises(HerokuError, match="Try again"):
            await session.api.post("/apps", {}, ANY)
    assert [name for name, _ in fake.asked] == ["POST /apps"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
async def test_an_idempotent_request_is_retried(method: str) -> None:
    broken = Exchange(f"{method} /x", 503, {"id": "unavailable", "message": "Try again."})
    unusable = Exchange(f"{method} /x", 200, None)
    good = Exchange(f"{method} /x", 200, {"id": "x-1"})
    async with _session([broken, unusable, good]) as (session, fake):
        await _ask(session.api, method)
    assert len(fake.asked) == 3


async def test_a_post_with_an_unusable_response_is_not_retried() -> None:
    async with _session([Exchange("POST /x", 201, None)]) as (session, fake):
        with pytest.raises(UnusableError) as caught:
            await session.api.post("/x", {}, record(id=TEXT))
    assert str(caught.value) == (
        "cannot use the response to POST /x (201): it is not an object with id"
    )
    assert caught.value.leaves_open
    assert len(fake.asked) == 1


@pytest.mark.parametrize(("status", "error_id"), [(404, "not_found"), (410, "gone")])
async def test_removing_something_twice_is_no_error(status: int, error_id: str) -> None:
    gone = Exchange("DELETE /x", status, {"id": error_id, "message": "Couldn't find that add-on."})
    async with _session([gone]) as (session, _):
        await session.api.delete("/x")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"id": "gone", "message": "?"}),
        (404, {}),
        (403, {"id": "not_found", "message": "?"}),
        (404, {"id": ["not_found"], "message": "?"}),
        (404, None),
    ],
)
async def test_only_an_error_of_heroku_means_gone(status: int, body: object) -> None:
    async with _session([Exchange("DELETE /x", status, body)]) as (session, _):
        with pytest.raises(HerokuError):
            await session.api.delete("/x")


async def test_a_list_that_names_itself_as_its_next_page_ends() -> None:
    page = Exchange("GET /x", 206, [], headers={"Next-Range": "id ]1..; max=1000"})
    async with _session([page, page]) as (session, _):
        with pytest.raises(ProviderError, match="cannot read Heroku's list GET /x"):
            await session.api.listing("/x", ANY)


async def test_redirects_are_not_followed() -> None:
    moved = Exchange("PATCH /x", 307, None, headers={"Location": "/y"})
    async with _session([moved, moved, moved]) as (session, fake):
        with pytest.raises(UnusableError, match=r"cannot use .* PATCH /x \(307\)"):
            await session.api.patch("/x", {"SECRET": "planted"}, ANY)
    assert {name for name, _ in fake.asked} == {"PATCH /x"}


async def test_an_error_response_is_not_output() -> None:
    async with _session([Exchange("GET /output", 404, "planted")]) as (session, fake):
        with pytest.raises(UnreachableError, match="Heroku answered 404"):
            _ = [line async for line in session.api.lines(f"{fake.url}/output")]


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _session([APP], url="http://api.heroku.example") as (session, fake):
        monkeypatch.setenv("http_proxy", fake.url)
        assert await session.api.get("/apps/app-1", ANY) == {"id": "app-1"}
    assert fake.heads[0]["Host"] == "api.heroku.example"


async def test_this_machine_needs_no_proxy(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    async with _session([APP]) as (session, _):
        assert await session.api.get("/apps/app-1", ANY) == {"id": "app-1"}
