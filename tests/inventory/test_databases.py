"""Tests of reading a database from the API of Heroku's data services."""

from __future__ import annotations

import asyncio

import pytest

from dynostack.inventory.databases import read_database
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from tests.localheroku.client import Api
from tests.localheroku.data.conftest import backends, database_server

__all__ = ["backends", "database_server"]


async def test_a_new_database(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:essential-0")
    found = await asyncio.to_thread(read_database, PlatformApi(api.url, api.key), addon["id"])
    assert found.version.isdigit()
    assert found.size > 0
    assert (found.connections, found.tables) == (0, 0)


async def test_an_add_on_that_is_not_a_database(api: Api) -> None:
    await api.app()
    addon = await api.addon("memcachier:dev")
    with pytest.raises(ApiRefusal):
        await asyncio.to_thread(read_database, PlatformApi(api.url, api.key), addon["id"])


def test_the_real_data_services_have_a_host_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEROKU_DATA_HOST", raising=False)
    api = PlatformApi("https://api.heroku.com", "key")
    assert api.data.url == "https://api.data.heroku.com"
    monkeypatch.setenv("HEROKU_DATA_HOST", "data.example")
    assert api.data.url == "https://data.example"
