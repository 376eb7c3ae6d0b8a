"""The Platform API with real databases, caches and dynos."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from aiohttp import ClientSession
from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from localheroku.addons import POSTGRES, leave
from localheroku.addons.lookup import working_below
from localheroku.addons.memcached import Memcached
from localheroku.addons.postgres import postmaster
from localheroku.addons.redis import Redis
from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.api.test_pipeline_promotions import completed, promote
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.dynos.test_builder import WEB, pack
from tests.localheroku.fake_backends import FakeBackends

pytestmark = pytest.mark.e2e

COUNT = "SELECT count(*) FROM visits"
PROCFILE = "release: echo released\nweb: python -m http.server --bind 127.0.0.1 $PORT"


@pytest.fixture(autouse=True)
def nothing_left(settings: Settings) -> Iterator[None]:
    yield
    leave(settings.data)


@asynccontextmanager
async def running(settings: Settings, backends: FakeBackends) -> AsyncIterator[Api]:
    async with LocalHeroku(settings) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        yield Api(settings.url, key, session, heroku, backends)


async def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


async def store(config: dict[str, str], *words: str) -> object:
    """Return the answer of the app's key-value store to a command."""
    url = config["REDIS_URL"]
    async with Client.from_url(url, ssl_cert_reqs=None, decode_responses=True) as client:
        return await client.execute_command(*words)  # type: ignore[no-untyped-call]


async def site(api: Api) -> int:
    async with api.session.get(api.url, headers={"Host": "shop.localhost"}) as response:
        return response.status


def listens(server: str) -> bool:
    host, _, port = server.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


async def test_servers_that_were_killed_come_back(
    settings: Settings, backends: FakeBackends
) -> None:
    async with running(settings, backends) as api:
        await api.app()
        await api.addon("heroku-postgresql:essential-0")
        await api.addon("memcachier:dev")
        await api.addon("heroku-redis:premium-0")
        config = await api.get("/apps/shop/config-vars")
        await rows(config["DATABASE_URL"], "CREATE TABLE visits AS SELECT 1 AS number")
        await store(config, "SET", "visits", "1")
        database = postmaster.find((settings.data / POSTGRES / "cluster").resolve())
        (cache,) = working_below(Memcached.PROGRAMS, settings.data / "memcachier")
        (redis,) = working_below(Redis.PROGRAMS, settings.data / "heroku-redis")
        assert database
        for process in (database, cache, redis):
            process.kill()
        for _ in range(300):
            await asyncio.sleep(0.1)
            if listens(config["MEMCACHIER_SERVERS"]) and await take_connections(config):
                break
        assert listens(config["MEMCACHIER_SERVERS"])
        assert await rows(config["DATABASE_URL"], COUNT) == [(1,)]
        assert await store(config, "GET", "visits") == "1"


async def take_connections(config: dict[str, str]) -> bool:
    try:
        return bool(await rows(config["DATABASE_URL"], "SELECT 1") and await store(config, "PING"))
    except (psycopg.OperationalError, RedisError):
        return False


@pytest.mark.long
async def test_an_app_lives_through_a_restart_leaves_nothing_and_comes_back_from_a_snapshot(
    settings: Settings, backends: FakeBackends
) -> None:
    async with running(settings, backends) as api:
        await api.app()
        await api.addon("heroku-postgresql:essential-0", config={"version": "17"})
        await api.addon("memcachier:dev")
        await api.addon("heroku-redis:premium-0")
        config = await api.get("/apps/shop/config-vars")
        await rows(config["DATABASE_URL"], "CREATE TABLE visits AS SELECT 1 AS number")
        await store(config, "SET", "visits", "1")
        build = await api.build(PROCFILE)
        assert build["status"] == "succeeded", await api.text(build["output_stream_url"])
        assert await site(api) == 200

    assert not listens(config["MEMCACHIER_SERVERS"])

    async with running(settings, backends) as api:
        assert await site(api) == 200
        assert await api.get("/apps/shop/config-vars") == config
        assert await rows(config["DATABASE_URL"], COUNT) == [(1,)]
        assert listens(config["MEMCACHIER_SERVERS"])

        local = ControlClient(api)
        await local.post("/snapshots", {"name": "one"})
        await rows(config["DATABASE_URL"], "INSERT INTO visits VALUES (2)")
        assert await store(config, "INCR", "visits") == 2
        await api.delete("/apps/shop")

        assert not listens(config["MEMCACHIER_SERVERS"])
        with pytest.raises(psycopg.OperationalError):
            await rows(config["DATABASE_URL"], COUNT)
        with pytest.raises(RedisError):
            await store(config, "PING")
        assert await site(api) == 404

        await local.post("/actions/reset")
        await local.post("/snapshots/one/actions/restore")
        assert await api.get("/apps/shop/config-vars") == config
        assert await rows(config["DATABASE_URL"], COUNT) == [(1,)]
        assert await store(config, "GET", "visits") == "1"
        assert listens(config["MEMCACHIER_SERVERS"])
        assert await site(api) == 200


async def test_a_promoted_slug_serves_after_the_app_it_was_built_for_is_gone(
    settings: Settings, backends: FakeBackends
) -> None:
    async with running(settings, backends) as api:
        await api.post("/pipelines", {"name": "acme"})
        for app, stage in (("staging", "staging"), ("shop", "production")):
            made = await api.app(app)
            coupling = {"app": made["id"], "pipeline": "acme", "stage": stage}
            await api.post("/pipeline-couplings", coupling)
        assert (await api.build(PROCFILE, "staging"))["status"] == "succeeded"

        await completed(api, await promote(api, "staging", "shop"))
        await api.delete("/apps/staging")

        (target,) = (release for release in await api.get("/apps/shop/releases") if release["slug"])
        assert await api.text(target["output_stream_url"]) == "released\n"
        for _ in range(100):
            if (status := await site(api)) == 200:
                break
            await asyncio.sleep(0.1)
        assert status == 200


async def test_a_python_that_heroku_refuses_is_not_released(
    settings: Settings, backends: FakeBackends, tmp_path: Path
) -> None:
    files = WEB | {".python-version": "banana\n"}
    async with running(settings, backends) as api:
        await api.app()
        before = await api.get("/apps/shop/releases")
        source = (await api.post("/sources"))["source_blob"]
        packed = pack(tmp_path / "source.tgz", files).read_bytes()
        async with api.session.put(source["put_url"], data=packed) as response:
            assert response.status == 200
        build = await api.post("/apps/shop/builds", {"source_blob": {"url": source["get_url"]}})

        build = await api.settled(f"/apps/shop/builds/{build['id']}")

        assert (build["status"], build["slug"]) == ("failed", None)
        output = (await api.text(build["output_stream_url"])).splitlines()
        assert (
            ' !     "banana" in .python-version is not a Python version: write one line, 3.14 for '
            "example"
        ) in output
        assert await api.get("/apps/shop/releases") == before
