"""OAuth authorizations, clients and tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localheroku.api import endpoints
from tests.localheroku.client import Api

PATH, CLIENTS, TOKENS = "/oauth/authorizations", "/oauth/clients", "/oauth/tokens"
WRONG = (401, "unauthorized", "Invalid credentials provided.")
SCOPE_NEEDED = (
    "The scope of this key is read. "
    "This call needs one of: global, read-protected, write-protected."
)


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


async def test_authorizations_belong_to_their_account(api: Api) -> None:
    made = await api.post(PATH, {"scope": ["global"]})
    dev = api.of("dev@acme.example")

    assert (await dev.refusal("GET", f"{PATH}/{made['id']}"))[:2] == (404, "not_found")
    assert (await dev.refusal("DELETE", f"{PATH}/{made['id']}"))[:2] == (404, "not_found")
    assert [one["user"]["email"] for one in await dev.get(PATH)] == ["dev@acme.example"]


async def test_the_error_for_an_unknown_scope_names_it(api: Api) -> None:
    status, code, message = await api.refusal("POST", PATH, {"scope": ["all"]})

    assert (status, code) == (422, "invalid_params")
    assert message.startswith("Unknown scope all. Choose one of: global, ")


async def test_an_authorization_is_created_as_the_heroku_cli_does_it(api: Api) -> None:
    """The Heroku CLI sends no scope by default, and seconds as text."""
    made = await api.post(PATH, {"expires_in": "60"})

    assert (made["scope"], made["access_token"]["expires_in"]) == (["global"], 60)
    changed = await api.patch(f"{PATH}/{made['id']}", {"description": "laptop"})
    assert changed["description"] == "laptop"


def test_secrets_need_a_protected_scope() -> None:
    rows = {row.name: row.scopes for row in endpoints()}

    plain = [name for name, scopes in rows.items() if {"read", "write"} & {*scopes}]
    assert [name for name in plain if name.endswith("/config-vars")] == []
    assert "read" in rows["POST /actions/addons/resolve"]


async def client(api: Api) -> Any:
    return await api.post(CLIENTS, {"name": "anvil", "redirect_uri": "https://anvil.example/back"})


async def test_a_client_is_registered_changed_and_removed(api: Api) -> None:
    made = await client(api)
    path = f"{CLIENTS}/{made['id']}"

    assert await api.get(CLIENTS) == [await api.get(path)] == [made]
    assert (await api.patch(path, {"name": "hammer"}))["name"] == "hammer"
    rotated = await api.post(f"{path}/actions/rotate-credentials")
    assert rotated["secret"] != made["secret"]
    assert (await api.of("dev@acme.example").refusal("GET", path))[:2] == (404, "not_found")
    assert (await api.refusal("PATCH", path, {"redirect_uri": "http://anvil.example"}))[0] == 422
    assert (await api.refusal("PATCH", path, {"redirect_uri": "https://["}))[0] == 422
    await api.delete(path)
    assert await api.get(CLIENTS) == []


async def test_a_client_gets_its_tokens_once_and_refreshes_them(api: Api) -> None:
    """Check the flow of a web application.

    https://devcenter.heroku.com/articles/oauth#web-application-authorization
    """
    known = await client(api)
    made = await api.post(PATH, {"scope": ["global"], "client": known["id"]})
    assert made["access_token"] is None
    grant = {"type": "authorization_code", "code": made["grant"]["code"]}
    body = {"grant": grant, "client": {"secret": known["secret"]}}

    wrong = {**body, "client": {"secret": "guessed"}}
    assert await api.refusal("POST", TOKENS, wrong) == WRONG
    token = await api.post(TOKENS, body)
    assert (await api.refusal("POST", TOKENS, body))[:2] == (404, "not_found")
    renewed = await api.post(
        TOKENS,
        {
            "grant": {"type": "refresh_token"},
            "client": {"secret": known["secret"]},
            "refresh_token": {"token": token["refresh_token"]["token"]},
        },
    )

    first = opened(api, token["access_token"]["token"])
    second = opened(api, renewed["access_token"]["token"])
    assert await first.refusal("GET", "/account") == WRONG
    assert (await second.get("/account"))["email"] == "ops@acme.example"
    (session,) = await api.get("/oauth/sessions")
    assert session["id"] == token["session"]["id"] == renewed["session"]["id"]
    assert (await api.get(f"{PATH}/{made['id']}"))["client"]["name"] == "anvil"
    await api.delete(f"/oauth/sessions/{session['id']}")
    assert await second.refusal("GET", "/account") == WRONG
    assert (await api.refusal("DELETE", f"{TOKENS}/{renewed['id']}"))[:2] == (404, "not_found")


async def test_a_client_s_token_is_removed(api: Api) -> None:
    known = await client(api)
    made = await api.post(PATH, {"client": known["id"]})
    grant = {"type": "authorization_code", "code": made["grant"]["code"]}
    token = await api.post(TOKENS, {"grant": grant, "client": {"secret": known["secret"]}})

    await api.delete(f"{TOKENS}/{token['id']}")

    gone = opened(api, token["access_token"]["token"])
    assert await gone.refusal("GET", "/account") == WRONG
    assert await api.get("/oauth/sessions") == []


async def test_the_error_for_an_unknown_grant_type_names_it(api: Api) -> None:
    body = {"grant": {"type": "password"}, "client": {"secret": "s"}}

    assert await api.refusal("POST", TOKENS, body) == (
        422,
        "invalid_params",
        "Unknown grant type password. Choose one of: authorization_code, refresh_token.",
    )


async def scoped(api: Api, *scope: str) -> Api:
    made = await api.post(PATH, {"scope": list(scope)})
    return opened(api, made["access_token"]["token"])


async def test_each_scope_allows_its_endpoints(api: Api) -> None:
    """Check the endpoints that each scope allows.

    https://devcenter.heroku.com/articles/oauth#scopes
    """
    await api.app()
    identity, read = await scoped(api, "identity"), await scoped(api, "read")
    protected, writes = await scoped(api, "read-protected"), await scoped(api, "write-protected")

    assert (await identity.get("/account"))["email"] == "ops@acme.example"
    assert (await identity.refusal("GET", "/apps"))[0] == 403
    assert (await read.get("/apps/shop"))["name"] == "shop"
    assert await read.refusal("GET", "/apps/shop/config-vars") == (
        403,
        "forbidden",
        SCOPE_NEEDED,
    )
    assert await protected.get("/apps/shop/config-vars") == {}
    assert (await protected.refusal("PATCH", "/apps/shop/config-vars", {"A": "1"}))[0] == 403
    assert await writes.patch("/apps/shop/config-vars", {"A": "1"}) == {"A": "1"}
    assert (await writes.refusal("POST", PATH, {"scope": ["global"]}))[0] == 403
    assert (await writes.refusal("GET", PATH))[0] == 403


async def test_the_scope_is_in_the_headers(api: Api) -> None:
    answer = await api.call("GET", "/apps")

    assert answer.headers["Oauth-Scope"] == "global"
    assert answer.headers["Oauth-Scope-Accepted"] == (
        "global read read-protected write write-protected"
    )


@pytest.mark.parametrize(
    "header", ["Basic !", "Digest abc", "Bearer nobody's", "Bearer \xe9", "Basic bm9ib2R5"]
)
async def test_an_invalid_key_is_refused(api: Api, header: str) -> None:
    answer = await api.call("GET", "/account", headers={"Authorization": header})

    assert (answer.status, answer.body["id"], answer.body["message"]) == WRONG
