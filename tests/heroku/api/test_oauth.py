"""Keys beside the first one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.heroku.client import Api

PATH = "/oauth/authorizations"
WRONG = (401, "unauthorized", "Invalid credentials provided.")


def opened(api: Api, key: str) -> Api:
    return replace(api, key=key)


async def test_an_authorization_s_token_is_a_key_until_it_is_removed(api: Api) -> None:
    made = await api.post(PATH, {"scope": ["global"], "description": "laptop"})

    other = opened(api, made["access_token"]["token"])
    assert (await other.get("/account"))["email"] == "ops@acme.example"
    assert await other.get(f"{PATH}/{made['id']}") == made
    assert await api.get(PATH) == [made]
    await api.delete(f"{PATH}/{made['id']}")
    assert await other.refusal("GET", "/account") == WRONG
    assert (await api.refusal("GET", f"{PATH}/{made['id']}"))[0] == 404


async def test_a_regenerated_token_replaces_the_one_before(api: Api) -> None:
    made = await api.post(PATH, {"scope": ["global"]})

    renewed = await api.post(f"{PATH}/{made['id']}/actions/regenerate-tokens")

    assert renewed["access_token"]["token"] != made["access_token"]["token"]
    assert await opened(api, made["access_token"]["token"]).refusal("GET", "/account") == WRONG
    assert await opened(api, renewed["access_token"]["token"]).get("/account")


async def test_a_token_expires(api: Api) -> None:
    made = await api.post(PATH, {"scope": ["global"], "expires_in": 60})
    assert made["access_token"]["expires_in"] == 60
    other = opened(api, made["access_token"]["token"])
    assert await other.get("/account")

    expired = await api.post(PATH, {"scope": ["global"], "expires_in": 0})

    gone = opened(api, expired["access_token"]["token"])
    assert await gone.refusal("GET", "/account") == WRONG


async def test_authorizations_are_their_account_s(api: Api) -> None:
    made = await api.post(PATH, {"scope": ["global"]})
    dev = api.of("dev@acme.example")

    assert (await dev.refusal("GET", f"{PATH}/{made['id']}"))[:2] == (404, "not_found")
    assert (await dev.refusal("DELETE", f"{PATH}/{made['id']}"))[:2] == (404, "not_found")
    assert [one["user"]["email"] for one in await dev.get(PATH)] == ["dev@acme.example"]


async def test_a_scope_that_is_none_is_refused_by_name(api: Api) -> None:
    status, code, message = await api.refusal("POST", PATH, {"scope": ["all"]})

    assert (status, code) == (422, "invalid_params")
    assert message.startswith("There is no scope all. Choose of: global, ")


@pytest.mark.parametrize("header", ["Basic !", "Digest abc", "Bearer nobody's", "Basic bm9ib2R5"])
async def test_what_is_no_key_opens_nothing(api: Api, header: str) -> None:
    answer = await api.call("GET", "/account", headers={"Authorization": header})

    assert (answer.status, answer.body["id"], answer.body["message"]) == WRONG
