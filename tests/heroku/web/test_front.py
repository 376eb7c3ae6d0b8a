"""HTTP and HTTPS on the one port."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from aiohttp import ClientConnectorCertificateError

from dynostack import certificate
from dynostack.heroku.platform import Settings
from dynostack.heroku.web import runner
from tests.heroku.client import ACCEPT, Api
from tests.heroku.control.laboratory import running


async def test_both_are_spoken(api: Api, settings: Settings) -> None:
    address = api.url.replace("http:", "https:")
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {api.key}"}
    with pytest.raises(ClientConnectorCertificateError):
        await api.session.get(f"{address}/account", headers=headers)

    pem = certificate.ensured(settings.data / certificate.FILE)
    trust = ssl.create_default_context(cafile=str(pem))
    for number in range(3):
        created = {"name": f"shop-{number}"}
        async with api.session.post(
            f"{address}/apps", headers=headers, json=created, ssl=trust
        ) as answer:
            assert (answer.status, (await answer.json())["name"]) == (201, f"shop-{number}")
    assert len(await api.get("/apps")) == 3


async def test_a_handshake_that_is_none_is_hung_up_on(api: Api, settings: Settings) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(b"\x16 nothing of the kind\r\n\r\n")
    assert b"HTTP" not in await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()
    assert (await api.get("/account"))["email"] == settings.account


async def test_who_says_nothing_does_not_keep_it_from_stopping(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SHUTDOWN_SECONDS", 600)
    async with running(settings) as local:
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
        await asyncio.sleep(0.05)

        async with asyncio.timeout(60):
            await local.api.heroku.__aexit__(None, None, None)

        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_damaged_certificate_is_made_anew(api: Api, settings: Settings) -> None:
    pem = settings.data / certificate.FILE
    pem.write_text("damaged")
    address = api.url.replace("http:", "https:")
    with pytest.raises(ClientConnectorCertificateError):
        await api.session.get(f"{address}/account")

    trust = ssl.create_default_context(cafile=str(pem))
    async with api.session.get(f"{address}/account", ssl=trust) as answer:
        assert answer.status == 401


async def test_https_that_cannot_be_served_is_said(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.data / certificate.FILE).mkdir()
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(b"\x16\x03\x01")
    assert await asyncio.wait_for(reader.read(), 60) == b""
    writer.close()
    await writer.wait_closed()
    assert "HTTPS is not served: " in caplog.text
    assert "Traceback" not in caplog.text
