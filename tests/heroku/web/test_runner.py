"""What is no HTTP."""

from __future__ import annotations

import asyncio

import pytest

from dynostack.heroku.platform import Settings
from tests.heroku.client import ACCEPT, Api

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


@pytest.mark.parametrize(("asked", "status"), WITHOUT_PATH)
async def test_what_has_no_path_is_answered(
    api: Api, settings: Settings, asked: str, status: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    head = f"{asked} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.key}\r\n"
    writer.write(f"{head}Accept: {ACCEPT}\r\nConnection: close\r\n\r\n".encode())

    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()

    assert answer.split()[1] == str(status).encode()
    assert b"404: Not Found" not in answer


@pytest.mark.parametrize("request_", MALFORMED)
async def test_it_is_refused_and_not_quoted_in_the_log(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture, request_: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(request_ % api.key.encode())

    async with asyncio.timeout(60):
        assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    await writer.wait_closed()

    assert [record.getMessage() for record in caplog.records] == ["What is no HTTP was refused"]
    assert api.key not in caplog.text
