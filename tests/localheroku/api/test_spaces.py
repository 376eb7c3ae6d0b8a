"""Private spaces and the apps in them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from localheroku.api.spaces import models, records
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until

NEW = {"name": "acme-space", "team": "acme", "region": "frankfurt"}


async def space(api: Api, **fields: object) -> Any:
    """Create a space and wait until it is allocated."""
    await api.post("/spaces", {**NEW, **fields})
    return await allocated(api, str(fields.get("name", "acme-space")))


async def allocated(api: Api, name: str = "acme-space") -> Any:
    for _ in range(1000):
        if (details := await api.get(f"/spaces/{name}"))["state"] == "allocated":
            return details
        await asyncio.sleep(0.01)
    raise AssertionError(details)


async def test_a_space_is_allocated_in_its_time(api: Api) -> None:
    api.heroku.platform.provisioning.set("space", 3600)

    made = await api.post("/spaces", {**NEW, "shield": True, "data_cidr": "10.2.0.0/20"})

    assert (made["state"], made["shield"]) == ("allocating", True)
    assert (made["organization"], made["team"]["name"]) == ({"name": "acme"}, "acme")
    assert (made["region"]["name"], made["cidr"]) == ("frankfurt", "10.0.0.0/16")
    nat = await api.get(f"/spaces/{made['id']}/nat")
    assert (nat["state"], nat["sources"]) == ("updating", [])
    app = {"name": "shop", "team": "acme", "space": "acme-space"}
    assert (await api.refusal("POST", "/teams/apps", app))[0] == 422

    clock = api.heroku.platform.clock
    clock.move(clock.ahead + timedelta(hours=1))

    details = await allocated(api)
    assert details == {**made, "state": "allocated", "updated_at": details["updated_at"]}
    assert await api.get("/spaces") == await api.get("/teams/acme/spaces") == [details]
    nat = await api.get("/spaces/acme-space/nat")
    assert (nat["state"], len(set(nat["sources"]))) == ("enabled", 4)


async def test_an_interrupted_allocation_goes_on(api: Api) -> None:
    made = await space(api)
    platform = api.heroku.platform
    platform.change(records.find(platform, made["id"]), state="allocating")

    models.resume(platform)

    await allocated(api)


async def test_a_space_is_renamed_and_destroyed(api: Api) -> None:
    made = await space(api)

    assert (await api.patch(f"/spaces/{made['id']}", {"name": "other"}))["name"] == "other"
    assert (await api.patch("/spaces/other", {"name": "other"}))["id"] == made["id"]
    assert (await api.delete("/spaces/other"))["state"] == "deleting"
    assert await api.refusal("GET", "/spaces/other") == (
        404,
        "not_found",
        "Couldn't find that space.",
    )


async def test_a_space_goes_to_another_team_with_its_apps(api: Api) -> None:
    await space(api)
    await api.post("/teams/apps", {"name": "shop", "team": "acme", "space": "acme-space"})
    await api.post("/teams", {"name": "labs"})

    moved = await api.post("/spaces/acme-space/transfer", {"new_owner": "labs"})

    assert moved["team"]["name"] == "labs"
    assert (await api.get("/apps/shop"))["team"]["name"] == "labs"
    assert await api.get("/teams/acme/spaces") == []
    await api.put("/teams/labs/members", {"email": "dev@acme.example", "role": "admin"})
    dev = api.of("dev@acme.example")
    refused = await dev.refusal("POST", "/spaces/acme-space/transfer", {"new_owner": "acme"})
    assert refused[:2] == (403, "forbidden")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Acme"},
        {"name": "a"},
        {"name": "a--b"},
        {"region": "eu"},
        {"region": "moon"},
        {"cidr": "11.0.0.0/16"},
        {"cidr": "10.0.0.0/8"},
        {"cidr": "10.0.0.0"},
        {"cidr": "ten/16"},
        {"data_cidr": "10.1.0.0/24"},
        {"data_cidr": "10.0.16.0/20"},
        {"features": ["lasers"]},
        {"generation": "fir"},
    ],
)
async def test_invalid_spaces_are_refused(api: Api, fields: dict[str, object]) -> None:
    assert (await api.refusal("POST", "/spaces", {**NEW, **fields}))[:2] == (422, "invalid_params")
    assert await api.get("/spaces") == []


async def test_a_name_is_given_once(api: Api) -> None:
    await space(api)

    assert (await api.refusal("POST", "/spaces", NEW))[2] == "Name is already taken"


async def test_an_app_is_in_a_space(api: Api) -> None:
    made = await space(api)

    details = await api.post(
        "/teams/apps",
        {"name": "shop", "team": "acme", "space": "acme-space", "internal_routing": True},
    )

    assert details["space"] == {"id": made["id"], "name": "acme-space"}
    assert (details["region"]["name"], details["internal_routing"]) == ("frankfurt", True)
    app = await api.get("/apps/shop")
    assert app["space"] == {"id": made["id"], "name": "acme-space", "shield": False}
    assert (await api.refusal("DELETE", "/spaces/acme-space"))[2].startswith(
        "Space acme-space still has apps: shop."
    )
    await api.build("web: serve")
    await until(lambda: app["id"] in api.backends.dynos.running)
    (placed,) = (await api.get("/spaces/acme-space/topology"))["apps"]
    assert (placed["id"], placed["domains"]) == (app["id"], ["shop.localhost"])
    (web,) = placed["formation"]
    assert (web["process_type"], [dyno["number"] for dyno in web["dynos"]]) == ("web", [1])
    (running,) = await api.get("/spaces/acme-space/dynos")
    assert (running["app_name"], running["dynos"]) == ("shop", await api.get("/apps/shop/dynos"))
    await api.delete("/apps/shop")
    await api.delete("/spaces/acme-space")


async def test_plans_for_private_spaces_are_only_available_there(api: Api) -> None:
    await space(api)
    await api.app()
    await api.post("/teams/apps", {"name": "inside", "team": "acme", "space": "acme-space"})
    plan = "heroku-postgresql:private-0"

    assert (await api.addon(plan, "inside"))["plan"]["name"] == plan
    assert (await api.refusal("POST", "/apps/shop/addons", {"plan": plan}))[0] == 422


async def test_an_unknown_space_has_no_apps(api: Api) -> None:
    refused = await api.refusal("POST", "/teams/apps", {"team": "acme", "space": "none"})

    assert refused == (404, "not_found", "Couldn't find that space.")


async def test_the_data_for_peering_is_shown(api: Api) -> None:
    await space(api, cidr="10.4.0.0/16")

    info = await api.get("/spaces/acme-space/peering-info")

    assert info["aws_region"] == "eu-central-1"
    assert info["vpc_cidr"] == "10.4.0.0/16"
    assert info["dyno_cidr_blocks"][0] == "10.4.128.0/20"
    assert info["unavailable_cidr_blocks"] == ["10.4.0.0/16", "10.1.0.0/16"]
