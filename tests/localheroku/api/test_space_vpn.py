"""VPN connections of a space."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from localheroku.api.spaces import records
from localheroku.api.spaces.vpn import models
from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api

PATH = "/spaces/acme-space/vpn-connections"
NEW = {"name": "office", "public_ip": "198.51.100.7", "routable_cidrs": ["172.16.0.0/16"]}


async def reaches(api: Api, status: str) -> Any:
    for _ in range(1000):
        if (details := await api.get(f"{PATH}/office"))["status"] == status:
            return details
        await asyncio.sleep(0.01)
    raise AssertionError(details)


async def test_a_connection_is_set_up_in_its_time(api: Api) -> None:
    await space(api)
    api.heroku.platform.provisioning.set("vpn-connection", 3600)

    made = await api.post(PATH, NEW)

    assert (made["status"], made["tunnels"]) == ("pending", [])
    assert (made["space_cidr_block"], made["ike_version"]) == ("10.0.0.0/16", 1)
    await reaches(api, "provisioning")
    clock = api.heroku.platform.clock
    clock.move(clock.ahead + timedelta(hours=1))
    active = await reaches(api, "active")
    assert [tunnel["status"] for tunnel in active["tunnels"]] == ["DOWN", "DOWN"]
    assert len({tunnel["pre_shared_key"] for tunnel in active["tunnels"]}) == 2
    assert active["tunnels"][0]["customer_ip"] == "198.51.100.7"
    assert await api.get(PATH) == [await api.get(f"{PATH}/{made['id']}")] == [active]


async def test_a_connection_is_routed_and_removed(api: Api) -> None:
    await space(api)
    await api.post(PATH, NEW)
    await reaches(api, "active")

    changed = await api.patch(f"{PATH}/office", {"routable_cidrs": ["10.9.0.0/24"]})

    assert changed["routable_cidrs"] == ["10.9.0.0/24"]
    await api.delete(f"{PATH}/office")
    assert await api.refusal("GET", f"{PATH}/office") == (404, "not_found", "VPN is not found")


async def test_a_connection_removed_during_its_setup_stays_removed(api: Api) -> None:
    await space(api)
    api.heroku.platform.provisioning.set("vpn-connection", 0.05)
    await api.post(PATH, NEW)
    await api.delete(f"{PATH}/office")

    await asyncio.sleep(0.1)

    assert await api.get(PATH) == []


async def test_an_interrupted_setup_goes_on(api: Api) -> None:
    made = await space(api)
    await api.post(PATH, NEW)
    active = await reaches(api, "active")
    platform = api.heroku.platform
    found = models.find(platform, records.find(platform, made["id"]), active["id"])
    platform.change(found, status="provisioning", keys=[])

    models.resume(platform)

    assert len((await reaches(api, "active"))["tunnels"]) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "the office"},
        {"public_ip": "here"},
        {"routable_cidrs": []},
        {"routable_cidrs": ["x"]},
    ],
)
async def test_an_invalid_connection_is_refused(api: Api, fields: dict[str, object]) -> None:
    await space(api)

    assert (await api.refusal("POST", PATH, {**NEW, **fields}))[:2] == (422, "invalid_params")


async def test_a_name_is_given_once_in_a_space(api: Api) -> None:
    await space(api)
    await api.post(PATH, NEW)

    assert (await api.refusal("POST", PATH, NEW))[2] == "Name is already taken"
