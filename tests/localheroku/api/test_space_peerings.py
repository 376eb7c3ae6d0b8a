"""Networks that are peered with a space."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from localheroku.api.spaces import records
from localheroku.api.spaces.peerings import models
from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

PATH = "/spaces/acme-space/peerings"
PCX = "pcx-01234567"


async def requested(api: Api) -> None:
    """Send a network's request for a peering, which AWS forwards to Heroku."""
    body = {"space": "acme-space", "pcx_id": PCX, "cidr_blocks": ["172.31.0.0/16"]}
    await ControlClient(api).post("/peerings", body)


async def reaches(api: Api, status: str) -> Any:
    for _ in range(1000):
        if (details := await api.get(f"{PATH}/{PCX}"))["status"] == status:
            return details
        await asyncio.sleep(0.01)
    raise AssertionError(details)


@pytest.mark.parametrize("way", ["schema", "command line"])
async def test_a_request_is_accepted_and_ended(api: Api, way: str) -> None:
    await space(api)
    await requested(api)
    pending = await api.get(f"{PATH}/{PCX}")
    assert pending["status"] == "pending-acceptance"
    assert pending["cidr_blocks"] == ["172.31.0.0/16"]

    if way == "schema":
        await api.post(f"{PATH}/{PCX}/actions/accept")
    else:
        await api.post(PATH, {"pcx_id": PCX})

    active = await reaches(api, "active")
    assert await api.get(PATH) == [active]
    assert (await api.refusal("POST", f"{PATH}/{PCX}/actions/accept"))[0] == 422
    await api.delete(f"{PATH}/{PCX}")
    assert await api.get(PATH) == []


async def test_a_peering_without_a_request_cannot_be_accepted(api: Api) -> None:
    await space(api)

    for method, path in (("POST", f"{PATH}/{PCX}/actions/accept"), ("GET", f"{PATH}/{PCX}")):
        assert (await api.refusal(method, path))[:2] == (404, "not_found")


async def test_an_interrupted_connection_goes_on(api: Api) -> None:
    made = await space(api)
    await requested(api)
    platform = api.heroku.platform
    found = models.find(platform, records.find(platform, made["id"]), PCX)
    platform.change(found, status="provisioning")

    models.resume(platform)

    await reaches(api, "active")
