"""Databases that are ordered and changed concurrently on one real server."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import psycopg
import pytest

from localheroku.core.state import Settings
from tests.localheroku.client import Answer, Api
from tests.localheroku.databases import DatabaseBackends, DatabaseServer, database_server, rows

__all__ = ["database_server"]

pytestmark = pytest.mark.e2e

ORDERS = 100 if "DYNOSTACK_SOAK" in os.environ else 20
AT_ONCE = 10


@pytest.fixture
def backends(settings: Settings, database_server: DatabaseServer) -> DatabaseBackends:
    return DatabaseBackends.with_server(settings.data, database_server)


async def order(api: Api, app: str) -> Answer:
    return await api.call("POST", f"/apps/{app}/addons", {"plan": "heroku-postgresql:essential-0"})


async def many(api: Api, apps: list[str]) -> list[Answer]:
    """Order a database for each app, several at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(app: str) -> Answer:
        async with gate:
            return await order(api, app)

    return await asyncio.gather(*map(one, apps))


async def test_all_databases_that_are_requested_at_once_are_provisioned(api: Api) -> None:
    apps = [f"shop-{number}" for number in range(ORDERS)]
    for app in apps:
        await api.app(app)

    answers = await many(api, apps)

    assert [answer.status for answer in answers] == [201] * ORDERS
    assert {answer.body["state"] for answer in answers} == {"provisioned"}
    urls = [(await api.get(f"/apps/{app}/config-vars"))["DATABASE_URL"] for app in apps]
    assert [await rows(url, "SELECT 1") for url in urls] == [[(1,)]] * ORDERS


@pytest.mark.long
async def test_one_database_can_be_changed_in_several_ways_at_once(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:standard-0")
    care = api.heroku.platform.backends.databases

    for number in range(10):
        await asyncio.gather(
            care.rotate(addon["id"]),
            care.rotate(addon["id"]),
            care.set(addon["id"], {"log_min_duration_statement": str(number)}),
            care.set(addon["id"], {"log_min_duration_statement": str(number + 1)}),
            care.reset(addon["id"]),
        )

    assert await rows(await care.rotate(addon["id"]), "SELECT 1") == [(1,)]


async def test_an_order_that_fails_leaves_no_password_and_no_role(
    api: Api, database_server: DatabaseServer
) -> None:
    await api.app()
    await api.addon("heroku-postgresql:essential-0")
    stored = database_server.folder / "databases"
    before = files(stored), await roles(database_server)

    async with await connected(database_server, "template1"):  # so it cannot be copied
        answer = await order(api, "shop")

    assert (answer.status, answer.body["id"]) == (503, "addon_error")
    assert (files(stored), await roles(database_server)) == before
    assert len(await api.get("/apps/shop/addons")) == 1


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


async def roles(server: DatabaseServer) -> list[tuple[object, ...]]:
    async with await connected(server, "postgres") as admin:
        cursor = await admin.execute("SELECT rolname FROM pg_roles ORDER BY 1")
        return await cursor.fetchall()


async def connected(server: DatabaseServer, database: str) -> psycopg.AsyncConnection:
    """Connect as the administrator."""
    settings = json.loads((server.folder / "server.json").read_text())
    return await psycopg.AsyncConnection.connect(
        host="127.0.0.1", user="postgres", dbname=database, **settings
    )
