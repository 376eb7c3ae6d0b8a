"""Tests of reading an app with its add-ons and its live database from the Platform API."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dynostack.inventory.app import App
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi
from dynostack.inventory.reader import read_inventory
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

POSTGRES = "heroku-postgresql:essential-0"


async def read(api: Api, name: str) -> App:
    return await asyncio.to_thread(read_inventory, PlatformApi(api.url, api.key), name)


async def test_an_app_without_add_ons(api: Api) -> None:
    app = await api.team_app()
    found = await read(api, "team-shop")
    assert (found.id, found.name, found.team) == (app["id"], "team-shop", "acme")
    assert (found.databases, found.live_database) == ((), None)


async def test_the_database_behind_database_url_is_live(api: Api) -> None:
    await api.app()
    first, second = [await api.addon(POSTGRES) for _ in range(2)]
    await api.addon("memcachier:dev")
    before = await read(api, "shop")
    body = {"addon": second["id"], "app": "shop", "name": "DATABASE", "confirm": "shop"}
    await api.post("/addon-attachments", body)
    after = await read(api, "shop")
    assert {each.name for each in before.databases} == {first["name"], second["name"]}
    assert before.live_database
    assert before.live_database.id == first["id"]
    assert after.live_database
    assert after.live_database.name == second["name"]
    assert after.team == ""


async def test_a_detached_database_leaves_none_live(api: Api) -> None:
    await api.app()
    addon = await api.addon(POSTGRES)
    body = {"addon": addon["id"], "app": "shop", "name": "REPORTS"}
    await api.post("/addon-attachments", body)
    (attachment,) = [
        each for each in await api.get("/apps/shop/addon-attachments") if each["name"] == "DATABASE"
    ]
    await api.delete(f"/addon-attachments/{attachment['id']}")
    found = await read(api, "shop")
    assert found.live_database is None
    assert [[*each.attachments] for each in found.databases] == [["REPORTS"]]


@pytest.mark.parametrize("kind", ["error", "truncate", "reset-before"])
async def test_a_read_that_fails_once_is_retried(api: Api, kind: str) -> None:
    await api.app()
    addon = await api.addon(POSTGRES)
    await ControlClient(api).fault(kind, route="GET /apps/{app}/addons", count=1)
    found = await read(api, "shop")
    assert [each.id for each in found.databases] == [addon["id"]]


async def test_a_database_of_another_app_can_be_the_live_one(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon(POSTGRES)
    await api.post("/addon-attachments", {"addon": addon["id"], "app": "stall"})
    found = await read(api, "stall")
    assert found.live_database
    assert found.live_database.id == addon["id"]


async def test_an_app_that_is_missing_or_not_accessible(api: Api) -> None:
    await api.app()
    with pytest.raises(ApiRefusal) as absent:
        await read(api, "nowhere")
    with pytest.raises(ApiRefusal) as foreign:
        await read(api.of("dev@acme.example"), "shop")
    assert [each.value.id for each in (absent, foreign)] == ["not_found", "forbidden"]


class Answering:
    """An API that answers every request with the same text."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    async def __aenter__(self) -> PlatformApi:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        return PlatformApi(f"http://127.0.0.1:{port}", "key-of-nobody")

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self.text)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + self.text)
        await writer.drain()
        writer.close()


ODD: dict[str, Any] = {
    "nothing": b"",
    "null": b"null",
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a page": b"<html>",
    "bad bytes": b'{"id": "\xff"}',
}


@pytest.mark.parametrize("name", ODD)
async def test_an_answer_of_another_shape_is_an_error_without_its_text(name: str) -> None:
    async with Answering(ODD[name]) as api:
        with pytest.raises(ApiError) as error:
            await asyncio.to_thread(read_inventory, api, "shop")
    assert "html" not in str(error.value)
    assert "key-of-nobody" not in f"{error.value} {api}"


async def test_an_unreachable_heroku_is_an_error(unused_tcp_port: int) -> None:
    api = PlatformApi(f"http://127.0.0.1:{unused_tcp_port}", "key")
    with pytest.raises(ApiError):
        await asyncio.to_thread(read_inventory, api, "shop")
