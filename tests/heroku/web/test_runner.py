"""What is no HTTP."""

from __future__ import annotations

import asyncio

import pytest

from dynostack.heroku.platform import Settings
from tests.heroku.client import Api

MALFORMED = (
    b"GET /apps?key=%s NOTHTTP/9\r\n\r\n",
    b"GET /apps HTTP/1.1\r\nAuthorization: Bearer %s\x01\r\n\r\n",
    b"GET /apps HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %s\r\n\r\n",
    b"POST /apps HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
)


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
