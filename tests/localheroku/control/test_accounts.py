"""Keys of other accounts."""

from __future__ import annotations

from dataclasses import replace

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


async def test_an_account_has_the_same_key_each_time(api: Api) -> None:
    made = await ControlClient(api).post("/accounts", {"email": "Dev@acme.example"})

    assert made == await ControlClient(api).post("/accounts", {"email": "dev@acme.example"})
    assert made["email"] == "dev@acme.example"
    dev = replace(api, key=made["key"])
    assert (await dev.get("/account"))["email"] == "dev@acme.example"


async def test_another_account_cannot_create_keys(api: Api) -> None:
    made = await ControlClient(api).post("/accounts", {"email": "dev@acme.example"})
    dev = replace(api, key=made["key"])

    assert await ControlClient(dev).refusal("POST", "/accounts", {"email": "ops@acme.example"}) == (
        403,
        "Only ops@acme.example may control the local Heroku.",
    )


async def test_an_account_is_an_address(api: Api) -> None:
    assert await ControlClient(api).refusal("POST", "/accounts", {"email": "dev"}) == (
        404,
        "Couldn't find that user.",
    )
