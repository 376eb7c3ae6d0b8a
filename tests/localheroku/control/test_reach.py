"""Who may use the control API."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


async def test_the_key_is_needed_and_enough(api: Api, local: ControlClient) -> None:
    assert (await local.call("GET", "/clock"))[0] == 200
    status, answer = await local.call("GET", "/clock", Authorization="Bearer another")
    assert (status, answer["id"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", "http://127.0.0.1:99999"],
)
async def test_no_page_of_another_origin_reaches_it(local: ControlClient, origin: str) -> None:
    status, answer = await local.call("GET", "/clock", Origin=origin)
    assert (status, answer["id"]) == (403, "forbidden")
    assert origin in answer["message"]


async def test_its_own_page_may_control(api: Api, local: ControlClient) -> None:
    assert (await local.call("GET", "/clock", Origin=api.url))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "shop.localhost"])
async def test_it_is_only_at_the_address_of_the_api(local: ControlClient, host: str) -> None:
    async with local.api.session.get(
        f"{local.api.url}/_local/clock",
        headers={"Host": host, "Authorization": f"Bearer {local.api.key}"},
    ) as response:
        assert response.status in (404, 421)


async def test_another_account_may_not_control(api: Api, local: ControlClient) -> None:
    other = api.of("dev@acme.example")
    status, answer = await local.call("GET", "/clock", Authorization=f"Bearer {other.key}")
    assert (status, answer["message"]) == (
        403,
        "Only ops@acme.example may control the local Heroku.",
    )


async def test_an_unknown_endpoint_is_not_found(local: ControlClient) -> None:
    status, message = await local.refusal("GET", "/nothing")
    assert (status, "GET /_local/nothing" in message) == (404, True)


async def test_faults_do_not_affect_it(local: ControlClient) -> None:
    await local.fault("error")
    assert len(await local.get("/faults")) == 1
    await local.clear()
