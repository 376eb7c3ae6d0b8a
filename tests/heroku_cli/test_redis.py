"""`heroku redis` with a real store."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from localheroku.core.state import Settings
from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api
from tests.localheroku.stores import StoreBackends

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture
def backends(settings: Settings) -> StoreBackends:
    return StoreBackends.of(settings.data)


@pytest.fixture
def heroku(heroku: Heroku) -> Heroku:
    return replace(heroku, environment={**heroku.environment, "HEROKU_APP": "shop"})


async def address(api: Api) -> str:
    return str((await api.get("/apps/shop/config-vars"))["REDIS_URL"])


async def test_a_store_is_shown_set_and_used(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon("heroku-redis:premium-0", name="shop-queue")
    await heroku("redis:wait")

    policy = (await heroku("redis:maxmemory", "--policy", "volatile-lru")).stdout
    assert "Maxmemory policy for shop-queue (REDIS_URL) set to volatile-lru." in policy
    assert "removes less recently used keys first that have an expiry set." in policy
    timeout = (await heroku("redis:timeout", "--seconds", "60")).stdout
    assert "will be stopped after idling for 60 seconds." in timeout
    events = (await heroku("redis:keyspace-notifications", "--config", "KEA")).stdout
    assert "Keyspace notifications for shop-queue (REDIS_URL) set to 'KEA'." in events

    info = (await heroku("redis:info")).stdout
    assert "=== shop-queue (REDIS_URL)" in info
    for line in (
        r"Plan: +Premium 0",
        r"Status: +available",
        r"Timeout: +60",
        r"Maxmemory: +volatile-lru",
        r"Persistence: +AOF",
        r"Requires TLS: +Yes",
        r"Keyspace Notifications: +KEA",
    ):
        assert re.search(line, info), line

    asked = await heroku("redis:cli", "--confirm", "shop", stdin="SET key kept\nGET key\n")
    assert "kept" in asked.stdout
    reset = await heroku("redis:stats-reset", "--confirm", "shop")
    assert "Statistics reset successful." in reset.stderr


async def test_credentials_are_shown_and_reset(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon("heroku-redis:mini")
    before = await address(api)
    assert (await heroku("redis:credentials")).stdout.strip() == before

    await heroku("redis:credentials", "--reset")

    after = await address(api)
    assert after != before
    async with Redis.from_url(after, ssl_cert_reqs=None) as client:
        assert await client.ping()


async def test_another_store_is_promoted(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon("heroku-redis:mini", name="old-queue")
    await api.addon("heroku-redis:mini", name="new-queue", attachment={"name": "NEXT"})
    expected = (await api.get("/apps/shop/config-vars"))["NEXT_URL"]

    output = (await heroku("redis:promote", "new-queue")).stdout

    assert "Promoting new-queue to REDIS_URL on shop" in output
    assert await address(api) == expected
