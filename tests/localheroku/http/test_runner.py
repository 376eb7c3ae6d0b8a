"""Requests that are not valid HTTP."""

from __future__ import annotations

import asyncio

import pytest

from localheroku.core.state import Settings
from localheroku.http import bodies, runner
from tests.localheroku.client import ACCEPT, Api
from tests.localheroku.control.control_client import running

WITHOUT_PATH = [
    ("OPTIONS *", 204),
    ("CONNECT localhost:80", 501),
    ("CONNECT shop.localhost:80", 501),
    ("OPTIONS http://localhost", 404),
]
MALFORMED = (
    b"GET /apps?key=%s NOTHTTP/9\r\n\r\n",
    b"GET /apps HTTP/1.1\r\nAuthorization: Bearer %s\x01\r\n\r\n",
    b"GET /apps HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %s\r\n\r\n",
    b"POST /apps HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
)


@pytest.mark.parametrize(("request_line", "status"), WITHOUT_PATH)
async def test_requests_without_a_path_are_answered(
    api: Api, settings: Settings, request_line: str, status: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    head = f"{request_line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.key}\r\n"
    writer.write(f"{head}Accept: {ACCEPT}\r\nConnection: close\r\n\r\n".encode())

    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()

    assert answer.split()[1] == str(status).encode()
    assert b"404: Not Found" not in answer


@pytest.mark.parametrize("request_", MALFORMED)
async def test_malformed_http_is_rejected_and_not_quoted_in_the_log(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture, request_: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(request_ % api.key.encode())

    async with asyncio.timeout(60):
        assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    await writer.wait_closed()

    assert [record.getMessage() for record in caplog.records] == [
        "rejected a malformed HTTP request"
    ]
    assert api.key not in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "shop.localhost"])
@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate,chunked"])
async def test_a_body_with_another_transfer_coding_is_rejected(
    api: Api, settings: Settings, host: str, coding: str
) -> None:
    """Check other transfer codings.  RFC 9112 section 6.1."""
    await api.app()
    head = f"POST /apps HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: {coding}\r\n\r\n"
    answer = await raw_answer(settings, f"{head}2\r\n{{}}\r\n0\r\n\r\n")
    assert answer.split()[1] == b"501"


HALVES = (
    "",
    "GET /apps HT",
    "GET /apps HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\nGET /apps HTTP/1.1\r\nHost:",
)


@pytest.mark.parametrize("half", HALVES)
async def test_a_client_without_a_complete_head_is_disconnected(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    monkeypatch.setattr(runner, "HEAD_SECONDS", 0.3)
    async with running(settings):
        answer = await raw_answer(settings, half)
    assert answer.count(b"HTTP/1.1") == half.count("OPTIONS")


async def test_an_incomplete_body_times_out(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "IDLE_SECONDS", 0.3)
    url = (await api.post("/sources"))["source_blob"]["put_url"]
    path = url.removeprefix(api.url)
    answer = await raw_answer(
        settings, f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nhalf"
    )
    assert answer.split()[1] == b"400"


async def raw_answer(settings: Settings, request: str) -> bytes:
    """Return the whole answer, until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()
    return answer
