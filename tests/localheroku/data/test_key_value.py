"""Key-value stores in the data API, with real servers."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis as Client

from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.stores import StoreBackends

pytestmark = pytest.mark.e2e


@pytest.fixture
def backends(settings: Settings) -> StoreBackends:
    return StoreBackends.of(settings.data)


async def store(api: Api, plan: str = "mini") -> str:
    """Return the path of a new app's new store."""
    await api.app()
    return f"/redis/v0/databases/{(await api.addon(f'heroku-redis:{plan}'))['id']}"


async def address(api: Api) -> str:
    return str((await api.get("/apps/shop/config-vars"))["REDIS_URL"])


async def ping(url: str) -> bool:
    async with Client.from_url(url, ssl_cert_reqs=None) as client:
        return bool(await client.ping())


@pytest.mark.parametrize(("plan", "persistence"), [("mini", "None"), ("premium-0", "AOF")])
async def test_a_store_is_described(api: Api, plan: str, persistence: str) -> None:
    found = await api.get(await store(api, plan))

    assert found["resource_url"] == await address(api)
    assert await ping(found["resource_url"])
    lines = {line["name"]: line["values"] for line in found["info"]}
    assert lines["Persistence"] == [persistence]
    assert lines["Version"] == [found["version"]]
    assert (lines["Timeout"], lines["Maxmemory"]) == (["300"], ["noeviction"])
    assert (await api.get(f"/redis/v0/databases/{found['name']}/wait"))["waiting?"] is False


async def test_settings_change_together(api: Api) -> None:
    path = await store(api)
    changes = {"maxmemory_policy": "volatile-ttl", "timeout": 60, "notify_keyspace_events": "KEA"}

    after = await api.patch(f"{path}/config", changes)

    assert {name: setting["value"] for name, setting in after.items()} == changes
    lines = {line["name"]: line["values"] for line in (await api.get(path))["info"]}
    assert (lines["Timeout"], lines["Maxmemory"]) == (["60"], ["volatile-ttl"])
    assert lines["Keyspace Notifications"] != ["Disabled"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("maxmemory_policy", "oldest", 'cannot be "oldest": write noeviction, allkeys-lfu,'),
        ("timeout", -1, "cannot be -1: write a whole number of seconds, or 0 for never."),
        ("timeout", True, "cannot be true: write a whole number of seconds"),
        ("notify_keyspace_events", "Q", 'cannot be "Q": write letters of $AEKd'),
        ("appendonly", "no", "Unknown params: appendonly."),
    ],
)
async def test_an_invalid_setting_is_rejected(
    api: Api, name: str, value: object, words: str
) -> None:
    path = await store(api)
    refused = await api.refusal("PATCH", f"{path}/config", {"timeout": 1, name: value})
    assert refused[0] == 422
    assert words in refused[2]
    lines = {line["name"]: line["values"] for line in (await api.get(path))["info"]}
    assert lines["Timeout"] == ["300"]


async def test_new_credentials_are_a_release(api: Api) -> None:
    path = await store(api)
    before = await address(api)

    await api.post(f"{path}/credentials_rotation", {})

    after = await address(api)
    assert after != before
    assert await ping(after)
    assert (await api.get(path))["resource_url"] == after
    assert (await api.get("/apps/shop/releases"))[-1]["description"] == "Update REDIS"


async def test_statistics_are_reset(api: Api) -> None:
    path = await store(api)
    assert await ping(await address(api))
    await api.post(f"{path}/stats/reset", {})


async def test_a_store_that_does_not_answer_is_reported(api: Api, backends: StoreBackends) -> None:
    path = await store(api)
    await backends.stores.close()
    status, id_, message = await api.refusal("GET", path)
    assert (status, id_) == (503, "database_error")
    assert "Redis: " in message


async def test_a_store_from_before_there_were_servers_says_what_to_do(
    api: Api, backends: StoreBackends
) -> None:
    path = await store(api)
    await backends.stores.deprovision(path.rpartition("/")[2])
    _, _, message = await api.refusal("GET", path)
    assert message.endswith("destroy it and create it again")


async def test_another_add_on_is_no_store(api: Api) -> None:
    await api.app()
    addon = await api.addon("memcachier:dev")
    status, _, message = await api.refusal("GET", f"/redis/v0/databases/{addon['id']}")
    assert (status, message) == (404, "Couldn't find that database.")
