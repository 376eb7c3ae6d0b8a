"""Transfers of apps to persons and teams."""

from __future__ import annotations

from tests.localheroku.client import Api

TRANSFERS = "/account/app-transfers"
DEV = "dev@acme.example"


async def owners(api: Api, app: str = "shop") -> list[tuple[str, str]]:
    every = await api.get(f"/apps/{app}/collaborators")
    return [(one["user"]["email"], one["role"]) for one in every]


async def test_an_app_is_offered_and_accepted(api: Api) -> None:
    app = await api.app()
    dev = api.of(DEV)

    offered = await api.post(TRANSFERS, {"app": "shop", "recipient": DEV, "silent": True})

    assert (offered["app"]["id"], offered["state"]) == (app["id"], "pending")
    assert (offered["owner"]["email"], offered["recipient"]["email"]) == (
        "ops@acme.example",
        DEV,
    )
    assert await dev.get(TRANSFERS) == await api.get(TRANSFERS) == [offered]
    assert await dev.get(f"{TRANSFERS}/shop") == offered
    assert await dev.get("/apps") == []
    accepted = await dev.patch(f"{TRANSFERS}/{offered['id']}", {"state": "accepted"})
    assert accepted["state"] == "accepted"
    assert (await dev.get("/apps/shop"))["owner"]["email"] == DEV
    assert sorted(await owners(dev)) == [(DEV, "owner"), ("ops@acme.example", "collaborator")]
    refusal = await dev.refusal("PATCH", f"{TRANSFERS}/{offered['id']}", {"state": "declined"})
    assert refusal == (422, "invalid_params", "The transfer was already accepted.")


async def test_only_the_recipient_decides_and_only_the_owner_cancels(api: Api) -> None:
    await api.app()
    dev, stranger = api.of(DEV), api.of("stranger@other.example")
    offered = await api.post(TRANSFERS, {"app": "shop", "recipient": DEV})
    one = f"{TRANSFERS}/{offered['id']}"

    assert (await api.refusal("PATCH", one, {"state": "accepted"}))[:2] == (403, "forbidden")
    assert (await dev.refusal("PATCH", one, {"state": "maybe"}))[0] == 422
    assert (await dev.refusal("DELETE", one))[:2] == (403, "forbidden")
    assert await stranger.refusal("GET", one) == (
        404,
        "not_found",
        "Couldn't find that app transfer.",
    )
    assert (await stranger.refusal("POST", TRANSFERS, {"app": "shop", "recipient": DEV}))[0] == 403
    assert (await api.delete(one))["id"] == offered["id"]
    again = await api.post(TRANSFERS, {"app": "shop", "recipient": DEV})
    declined = await dev.patch(f"{TRANSFERS}/{again['id']}", {"state": "declined"})
    assert declined["state"] == "declined"
    assert await owners(api) == [("ops@acme.example", "owner")]


async def test_an_app_has_one_pending_transfer_to_another_account(api: Api) -> None:
    await api.app()
    await api.team_app()
    api.of(DEV)

    for app, recipient, words in (
        ("shop", "ops@acme.example", "already belongs to"),
        ("team-shop", DEV, "belongs to a team"),
    ):
        refusal = await api.refusal("POST", TRANSFERS, {"app": app, "recipient": recipient})
        assert (refusal[0], words in refusal[2]) == (422, True)
    body = {"app": "shop", "recipient": DEV}
    await api.post(TRANSFERS, body)
    assert "pending transfer" in (await api.refusal("POST", TRANSFERS, body))[2]
    unknown = {"app": "shop", "recipient": "nobody@acme.example"}
    assert (await api.refusal("POST", TRANSFERS, unknown))[:2] == (404, "not_found")


async def test_an_app_is_given_to_a_team_and_back(api: Api) -> None:
    await api.app()
    await api.post("/apps/shop/collaborators", {"user": DEV})

    answer = await api.patch("/teams/apps/shop", {"owner": "acme", "locked": True})

    assert (answer["team"], answer["locked"]) == ({"name": "acme"}, True)
    shared = await api.get("/teams/apps/shop/collaborators")
    permissions = {one["user"]["email"]: [p["name"] for p in one["permissions"]] for one in shared}
    assert permissions == {
        "ops@acme.example": ["view", "deploy", "operate", "manage"],
        DEV: ["view"],
    }
    back = await api.patch("/teams/apps/shop", {"owner": "ops@acme.example"})
    assert (back["team"], back["locked"]) == (None, False)
    assert await owners(api) == [("ops@acme.example", "owner")]


async def test_an_app_that_changes_hands_leaves_its_pipeline(api: Api) -> None:
    """Check that a transferred app leaves its pipeline.

    https://devcenter.heroku.com/articles/transferring-apps
    """
    await api.app()
    await api.post("/pipelines", {"name": "acme-shop"})
    await api.post("/teams", {"name": "globex"})
    coupling = {"app": "shop", "pipeline": "acme-shop", "stage": "production"}
    dev = api.of(DEV)

    for owner, stays in (
        ("ops@acme.example", True),
        ("acme", False),
        ("acme", True),
        ("globex", False),
        ("ops@acme.example", False),
    ):
        if await api.get("/pipeline-couplings") == []:
            await api.post("/pipeline-couplings", coupling)
        await api.patch("/teams/apps/shop", {"owner": owner})
        assert bool(await api.get("/pipeline-couplings")) is stays, owner
    await api.post("/pipeline-couplings", coupling)
    offered = await api.post(TRANSFERS, {"app": "shop", "recipient": DEV})
    assert await api.get("/pipeline-couplings") != []
    await dev.patch(f"{TRANSFERS}/{offered['id']}", {"state": "accepted"})
    assert await api.get("/pipeline-couplings") == []


async def test_a_transfer_to_a_team_needs_permission_to_create_apps(api: Api) -> None:
    dev = api.of(DEV)
    await dev.app()

    assert (await dev.refusal("PATCH", "/teams/apps/shop", {"owner": "acme"}))[0] == 403
    assert (await dev.refusal("PATCH", "/teams/apps/shop", {}))[0] == 422
    assert (await dev.refusal("PATCH", "/teams/apps/shop", {"locked": True}))[0] == 404
