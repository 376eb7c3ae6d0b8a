"""Times that provisioning takes, and the rate limit."""

from __future__ import annotations

import asyncio

from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient, running


async def test_nothing_takes_time_at_first(api: Api, local: ControlClient) -> None:
    seconds = (await local.get("/settings"))["provisioning"]
    assert seconds["addon"] == seconds["build"] == 0
    await api.app()
    assert (await api.addon("heroku-postgresql:essential-0"))["state"] == "provisioned"


async def test_an_add_on_is_provisioning_for_the_set_time(api: Api, local: ControlClient) -> None:
    await api.app()
    await local.patch("/settings", {"provisioning": {"addon": 300}})

    addon = await api.addon("memcachier:dev")

    assert addon["state"] == "provisioning"
    names = ["MEMCACHIER_SERVERS", "MEMCACHIER_USERNAME", "MEMCACHIER_PASSWORD"]
    assert addon["config_vars"] == names
    assert await api.get("/apps/shop/config-vars") == {}
    assert [release["version"] for release in await api.get("/apps/shop/releases")] == [1]
    assert api.backends.memcachier.present == {}

    await local.advance(200)
    assert (await api.get("/apps/shop/addons"))[0]["state"] == "provisioning"
    await local.advance(100)
    assert (await local.settled_addon(addon["id"]))["state"] == "provisioned"
    assert list(await api.get("/apps/shop/config-vars")) == names
    release = (await api.get("/apps/shop/releases"))[-1]
    assert release["description"] == f"Attach MEMCACHIER (@ref:{addon['name']})"


async def test_an_add_on_is_provisioning_for_the_set_time_across_a_restart(
    settings: Settings,
) -> None:
    async with running(settings) as local:
        await local.api.app()
        await local.patch("/settings", {"provisioning": {"addon": 60}})
        addon = await local.api.addon("heroku-postgresql:essential-0")

    async with running(settings) as local:
        assert (await local.api.get(f"/addons/{addon['id']}"))["state"] == "provisioning"
        await local.advance(60)
        assert (await local.settled_addon(addon["id"]))["state"] == "provisioned"
        assert list(await local.api.get("/apps/shop/config-vars")) == ["DATABASE_URL"]


async def test_old_versions_can_be_allowed(settings: Settings) -> None:
    """Check that a rehearsal can have a database that Heroku no longer creates."""
    plan = {"plan": "heroku-postgresql:essential-0"}
    old, older = ({**plan, "config": {"version": version}} for version in ("15", "13"))
    async with running(settings) as local:
        await local.api.app()
        refused = await local.api.refusal("POST", "/apps/shop/addons", old)
        assert (
            refused[2] == "Unsupported version: 15. We support the following versions: 16, 17, 18"
        )
        await local.patch("/settings", {"addons": {"old_versions": True}})
    async with running(settings) as local:
        assert (await local.get("/settings"))["addons"] == {"old_versions": True}
        await local.api.post("/apps/shop/addons", old)
        assert (await local.api.refusal("POST", "/apps/shop/addons", older))[0] == 422


async def test_an_add_on_can_be_removed_while_it_is_provisioning(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    await local.patch("/settings", {"provisioning": {"addon": 60}})
    addon = await api.addon("heroku-postgresql:essential-0")

    await api.delete(f"/apps/shop/addons/{addon['id']}")
    await local.advance(61)
    await asyncio.sleep(0.05)

    assert await api.get("/addons") == []
    assert api.backends.postgres.present == {}
    await api.delete("/apps/shop")


async def test_a_service_that_fails_in_the_background_deprovisions(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    await local.patch("/settings", {"provisioning": {"addon": 60}})
    api.backends.postgres.broken = True
    addon = await api.addon("heroku-postgresql:essential-0")

    await local.advance(60)

    assert (await local.settled_addon(addon["id"]))["state"] == "deprovisioned"


async def test_a_build_is_pending_for_the_set_time(api: Api, local: ControlClient) -> None:
    await api.app()
    await local.patch("/settings", {"provisioning": {"build": 60}})
    url = await api.upload("web: serve")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    path = f"/apps/shop/builds/{build['id']}"

    await local.advance(10)
    assert (await api.get(path))["status"] == "pending"
    await local.advance(50)
    assert (await api.settled(path))["status"] == "succeeded"


async def test_the_rate_limit_is_counted_and_refuses_nothing_at_first(
    api: Api, local: ControlClient
) -> None:
    await local.patch("/settings", {"rate_limit": {"refill_per_minute": 0.1}})
    before = (await api.call("GET", "/apps")).headers["RateLimit-Remaining"]
    after = (await api.call("GET", "/apps")).headers["RateLimit-Remaining"]
    assert int(after) == int(before) - 1


async def test_calls_above_the_rate_limit_are_refused_until_time_has_passed(
    api: Api, local: ControlClient
) -> None:
    limit = {"bucket": 3, "refill_per_minute": 1, "enforced": True}
    assert (await local.patch("/settings", {"rate_limit": limit}))["rate_limit"]["remaining"] == 3

    answers = [await api.call("GET", "/apps") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == list("21000")
    assert (await api.get("/account/rate-limits")) == {"remaining": 0}

    await local.advance(120)
    answers = [await api.call("GET", "/apps") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]


async def test_every_account_has_its_own_calls(api: Api, local: ControlClient) -> None:
    dev = api.of("dev@acme.example")
    limit = {"bucket": 3, "refill_per_minute": 1, "enforced": True}
    await local.patch("/settings", {"rate_limit": limit})

    answers = [await dev.call("GET", "/apps") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == list("2100")
    assert await dev.get("/account/rate-limits") == {"remaining": 0}

    assert (await local.get("/settings"))["rate_limit"]["remaining"] == 3
    assert await api.get("/account/rate-limits") == {"remaining": 3}
    own = await api.call("GET", "/apps")
    assert (own.status, own.headers["RateLimit-Remaining"]) == (200, "2")

    await local.patch("/settings", {"rate_limit": {"enforced": True}})
    assert await dev.get("/account/rate-limits") == {"remaining": 3}


async def test_settings_survive_a_restart(settings: Settings) -> None:
    options = {"provisioning": {"build": 7}, "rate_limit": {"bucket": 9, "enforced": True}}
    async with running(settings) as local:
        before = await local.patch("/settings", options)

    async with running(settings) as local:
        assert await local.get("/settings") == before


async def test_the_error_of_invalid_settings_says_why(local: ControlClient) -> None:
    refused = {
        "Unknown params: addons": {"provisioning": {"addons": 1}},
        "Param build must be a number of seconds": {"provisioning": {"build": -1}},
        "Param bucket must be": {"rate_limit": {"bucket": 0}},
        "Param enforced must be true or false": {"rate_limit": {"enforced": 1}},
        "Param refill_per_minute must be": {"rate_limit": {"refill_per_minute": 10**400}},
        "Param bucket must be a": {"provisioning": {"build": 1}, "rate_limit": {"bucket": 10**400}},
    }
    for message, body in refused.items():
        status, actual = await local.refusal("PATCH", "/settings", body)
        assert (status, message in actual) == (422, True), actual
    assert (await local.get("/settings"))["provisioning"]["build"] == 0


async def test_a_number_that_is_too_large_changes_nothing(api: Api, local: ControlClient) -> None:
    before = await local.get("/settings")
    for path, body in (
        ("/settings", '{"provisioning": {"build": 1}, "rate_limit": {"refill_per_minute": 1e400}}'),
        ("/clock", '{"advance": -1e400}'),
    ):
        async with api.session.patch(
            f"{api.url}/_local{path}", data=body, headers={"Authorization": f"Bearer {api.key}"}
        ) as answer:
            assert answer.status == 400
    assert await local.get("/settings") == before
