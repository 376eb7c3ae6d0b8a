"""Transfers of a pipeline and its apps to another owner."""

from __future__ import annotations

from typing import Any

from tests.localheroku.client import Api


async def pipeline(api: Api) -> Any:
    await api.app()
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    made = await api.post("/pipelines", {"name": "acme"})
    await api.post("/pipeline-couplings", {"app": "shop", "pipeline": "acme", "stage": "staging"})
    return made


async def permissions(api: Api) -> dict[str, list[str]]:
    return {
        one["user"]["email"]: [permission["name"] for permission in one["permissions"]]
        for one in await api.get("/apps/shop/collaborators")
    }


async def test_a_pipeline_goes_to_the_team_and_back_with_its_apps(api: Api) -> None:
    made = await pipeline(api)
    account, team = await api.get("/account"), await api.get("/teams/acme")
    mine, ours = {"id": account["id"], "type": "user"}, {"id": team["id"], "type": "team"}

    done = await api.post(
        "/pipeline-transfers", {"pipeline": {"id": made["id"]}, "new_owner": ours}
    )

    assert done == {
        "pipeline": {"id": made["id"]},
        "previous_owner": mine,
        "new_owner": ours,
    }
    assert (await api.get("/pipelines/acme"))["owner"] == ours
    assert (await api.get("/apps/shop"))["team"]["name"] == "acme"
    assert await permissions(api) == {
        "ops@acme.example": ["view", "deploy", "operate", "manage"],
        "dev@acme.example": ["view", "deploy", "operate"],
    }

    await api.post("/pipeline-transfers", {"pipeline": {"id": made["id"]}, "new_owner": mine})

    app = await api.get("/apps/shop")
    assert (app["team"], app["owner"]["email"]) == (None, "ops@acme.example")
    assert await permissions(api) == {"ops@acme.example": [], "dev@acme.example": []}


async def test_the_new_owner_owns_it_and_the_former_owner_still_sees_it(api: Api) -> None:
    made = await pipeline(api)
    await api.put("/teams/acme/members", {"email": "cto@acme.example", "role": "admin"})
    members = await api.get("/teams/acme/members")
    cto = next(m["user"]["id"] for m in members if m["email"] == "cto@acme.example")

    await api.post(
        "/pipeline-transfers",
        {"pipeline": {"id": made["id"]}, "new_owner": {"id": cto, "type": "user"}},
    )

    assert (await api.get("/apps/shop"))["owner"]["email"] == "cto@acme.example"
    roles = {c["user"]["email"]: c["role"] for c in await api.get("/apps/shop/collaborators")}
    assert roles == {
        "cto@acme.example": "owner",
        "ops@acme.example": "collaborator",
        "dev@acme.example": "collaborator",
    }
    assert (await api.refusal("DELETE", "/apps/shop"))[0] == 403


async def test_only_the_owner_transfers_it(api: Api) -> None:
    made = await pipeline(api)
    dev = api.of("dev@acme.example")
    account = await dev.get("/account")
    body = {"pipeline": {"id": made["id"]}, "new_owner": {"id": account["id"], "type": "user"}}

    assert (await dev.refusal("POST", "/pipeline-transfers", body))[:2] == (403, "forbidden")
    for owner in ({"id": "none", "type": "user"}, {"id": "acme", "type": "galaxy"}):
        wrong = {**body, "new_owner": owner}
        assert (await api.refusal("POST", "/pipeline-transfers", wrong))[0] == 422
