"""HTTP and HTTPS on the one port."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import psutil
import pytest
from aiohttp import ClientConnectorCertificateError

from localheroku.core import certificate
from localheroku.core.state import Settings
from localheroku.http import runner
from localheroku.server import tls_port
from tests.localheroku.client import ACCEPT, Api
from tests.localheroku.control.control_client import running


def trusting(settings: Settings) -> ssl.SSLContext:
    pem = certificate.ensured(settings.data / certificate.FILE)
    return ssl.create_default_context(cafile=str(pem))


async def test_both_are_served(api: Api, settings: Settings) -> None:
    address = api.url.replace("http:", "https:")
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {api.key}"}
    with pytest.raises(ClientConnectorCertificateError):
        await api.session.get(f"{address}/account", headers=headers)

    trust = trusting(settings)
    for number in range(3):
        created = {"name": f"shop-{number}"}
        async with api.session.post(
            f"{address}/apps", headers=headers, json=created, ssl=trust
        ) as answer:
            assert (answer.status, (await answer.json())["name"]) == (201, f"shop-{number}")
    assert len(await api.get("/apps")) == 3


async def test_an_invalid_handshake_is_disconnected(api: Api, settings: Settings) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(b"\x16 nothing of the kind\r\n\r\n")
    assert b"HTTP" not in await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()
    assert (await api.get("/account"))["email"] == settings.account


HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""The first bytes of a handshake, which `curl https://...` would continue."""


async def test_an_unfinished_handshake_costs_little_and_ends(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_port, "FIRST_RECORD_SECONDS", 3)
    address = api.url.replace("http:", "https:")
    me = psutil.Process()
    before = me.memory_info().rss
    started = [await asyncio.open_connection("127.0.0.1", settings.port) for _ in range(150)]
    for _, writer in started:
        writer.write(HELLO)
    await asyncio.sleep(1)

    assert me.memory_info().rss - before < 20 << 20
    async with api.session.get(address, ssl=trusting(settings)) as answer:
        assert answer.status == 401
    for reader, writer in started:
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()
        await writer.wait_closed()


async def test_connections_over_https_wait_for_their_turn(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_port, "MAX_TLS_CONNECTIONS", 1)
    async with running(settings) as local:
        address = local.api.url.replace("http:", "https:")
        trust = trusting(settings)
        _, first = await asyncio.open_connection("localhost", settings.port, ssl=trust)

        second = asyncio.create_task(local.api.session.get(address, ssl=trust))
        await asyncio.sleep(0.3)
        assert not second.done()
        first.close()
        with suppress(ConnectionError):
            await first.wait_closed()

        async with asyncio.timeout(60), await second as answer:
            assert answer.status == 401


async def test_a_silent_client_does_not_prevent_stopping(
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


async def test_a_damaged_certificate_is_replaced(api: Api, settings: Settings) -> None:
    pem = settings.data / certificate.FILE
    pem.write_text("damaged")
    address = api.url.replace("http:", "https:")
    with pytest.raises(ClientConnectorCertificateError):
        await api.session.get(f"{address}/account")

    trust = ssl.create_default_context(cafile=str(pem))
    async with api.session.get(f"{address}/account", ssl=trust) as answer:
        assert answer.status == 401


async def test_an_https_failure_is_logged(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.data / certificate.FILE).mkdir()
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(b"\x16\x03\x01\x00\x01\x01")
    assert await asyncio.wait_for(reader.read(), 60) == b""
    writer.close()
    await writer.wait_closed()
    assert "cannot serve HTTPS: " in caplog.text
    assert "Traceback" not in caplog.text
