"""Faults of answers that are sent while they are produced."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError, ClientResponse

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

BREAKS = pytest.mark.parametrize(
    ("kind", "error"),
    [("truncate", ClientPayloadError), ("reset-after", ClientConnectionError)],
)


async def received(api: Api, url: str) -> bytes:
    """Return the bytes received before the stream ends early."""
    content = bytearray()
    async with api.session.get(url) as response:
        with pytest.raises(ClientPayloadError):
            await _collect(response, content)
    return bytes(content)


async def _collect(response: ClientResponse, content: bytearray) -> None:
    async for piece in response.content.iter_any():
        content += piece


async def log(api: Api, **fields: object) -> str:
    return str((await api.post("/apps/shop/log-sessions", fields))["logplex_url"])


@BREAKS
async def test_the_output_of_a_build_breaks_off(
    api: Api, local: ControlClient, kind: str, error: type[Exception]
) -> None:
    await api.app()
    url = (await api.build("web: serve"))["output_stream_url"]
    await local.fault(kind, path="/streams/output")

    with pytest.raises(error):
        await api.text(url)

    await local.clear()
    assert "build" in await api.text(url)


@BREAKS
async def test_a_log_breaks_off(
    api: Api, local: ControlClient, kind: str, error: type[Exception]
) -> None:
    await api.app()
    url = await log(api)
    await local.fault(kind, path="/streams/log")

    with pytest.raises(error):
        await api.text(url)

    await local.clear()
    assert "Release v1" in await api.text(url)


@BREAKS
async def test_a_log_that_is_followed_breaks_off(
    api: Api, local: ControlClient, kind: str, error: type[Exception]
) -> None:
    app = await api.app()
    url = await log(api, tail=True, lines=0)
    await local.fault(kind, path="/streams/log")
    following = asyncio.create_task(api.text(url))

    # A client that was reset before any answer asks again.
    for number in range(600):
        api.backends.logs.append(app["id"], "app", "web.1", f"hello {number}")
        await asyncio.wait([following], timeout=0.1)

    with pytest.raises(error):
        following.result()


@pytest.mark.parametrize("size", [0, 1, 20])
async def test_a_fault_cuts_a_stream_after_its_bytes(
    api: Api, local: ControlClient, size: int
) -> None:
    await api.app()
    url = (await api.build("web: serve"))["output_stream_url"]
    whole = (await api.text(url)).encode()
    await local.fault("truncate", path="/streams/output", options={"bytes": size})

    assert await received(api, url) == whole[:size]


async def test_a_shorter_stream_is_complete(api: Api, local: ControlClient) -> None:
    await api.app()
    url = (await api.build("web: serve"))["output_stream_url"]
    whole = await api.text(url)
    await local.fault("truncate", path="/streams/output", options={"bytes": 1 << 20})

    assert await api.text(url) == whole


async def test_a_download_breaks_off(api: Api, local: ControlClient) -> None:
    url = await api.upload("web: serve")
    async with api.session.get(url) as response:
        whole = await response.read()
        assert int(response.headers["Content-Length"]) == len(whole)
    await local.fault("truncate", path="/streams/source", options={"bytes": 700})

    assert await received(api, url) == whole[:700]


async def test_faults_of_an_app_affect_its_streams(api: Api, local: ControlClient) -> None:
    for app in ("other", "shop"):
        await api.app(app)
    build = await api.build("web: serve")
    urls = [build["output_stream_url"], await log(api)]
    await local.fault("error", app="shop")
    for url in urls:
        async with api.session.get(url) as response:
            assert response.status == 500

    await local.clear()
    await local.fault("error", app="other")
    for url in urls:
        await api.text(url)
