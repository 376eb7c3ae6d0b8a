"""The account of the API key."""

from __future__ import annotations

from tests.localheroku.client import Api


async def test_the_account_is_the_one_named_at_the_start(api: Api) -> None:
    account = await api.get("/account")

    assert account["email"] == "ops@acme.example"
    for identity in ("~", account["id"], "ops@acme.example"):
        assert await api.get(f"/users/{identity}") == account


async def test_the_account_is_changed(api: Api) -> None:
    await api.patch("/account", {"name": "Ops", "beta": True})

    account = await api.patch("/users/~", {"allow_tracking": False})

    assert (account["name"], account["beta"], account["allow_tracking"]) == ("Ops", True, False)


async def test_another_account_is_known_but_not_shown(api: Api) -> None:
    await api.app()
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})

    for path in ("", "/apps", "/addons"):
        refused = await api.refusal("GET", f"/users/dev@acme.example{path}")
        assert refused[:2] == (403, "forbidden")
    assert await api.get("/users/~/apps") == await api.get("/apps")
    assert await api.get("/users/ops@acme.example/addons") == []
    assert await api.refusal("GET", "/users/nobody@acme.example") == (
        404,
        "not_found",
        "Couldn't find that user.",
    )


async def test_calls_are_counted_but_never_refused(api: Api) -> None:
    api.heroku.platform.rate_limit.set(5, refill_per_minute=0.1, enforced=False)
    first = (await api.get("/account/rate-limits"))["remaining"]
    for _ in range(3):
        await api.get("/account")

    answer = await api.call("GET", "/account/rate-limits")

    assert first - answer.body["remaining"] == 3
    assert answer.headers["RateLimit-Remaining"] == str(answer.body["remaining"])


async def test_a_deleted_account_has_no_key_and_no_access(api: Api) -> None:
    await api.app()
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})
    dev = api.of("dev@acme.example")
    await dev.app("mine")

    assert await dev.refusal("DELETE", "/account") == (
        422,
        "invalid_params",
        "dev@acme.example still owns apps: mine. Destroy or transfer them first.",
    )
    await dev.delete("/apps/mine")
    assert (await dev.delete("/users/~"))["email"] == "dev@acme.example"

    assert (await dev.refusal("GET", "/account"))[0] == 401
    assert len(await api.get("/apps/shop/collaborators")) == 1
    assert len(await api.get("/teams/acme/members")) == 1


async def test_an_account_without_apps_can_be_deleted(api: Api) -> None:
    gone = await api.of("dev@acme.example").delete("/account")
    assert gone["email"] == "dev@acme.example"


async def test_the_first_account_cannot_be_deleted(api: Api) -> None:
    assert (await api.refusal("DELETE", "/account"))[:2] == (422, "invalid_params")
