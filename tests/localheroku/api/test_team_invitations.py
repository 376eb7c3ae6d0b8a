"""Invitations to a team, its features, and permissions in it."""

from __future__ import annotations

import pytest

from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api

NEW = {"email": "dev@acme.example", "role": "member"}
PATH = "/teams/acme/invitations"


async def test_an_invited_user_joins_by_accepting(api: Api) -> None:
    invitation = await api.put(PATH, NEW)
    assert (invitation["team"]["name"], invitation["role"]) == ("acme", "member")
    assert invitation["invited_by"]["email"] == "ops@acme.example"
    assert await api.get(PATH) == [invitation]
    assert len(await api.get("/teams/acme/members")) == 1
    path = f"/teams/invitations/{invitation['id']}"
    assert (await api.refusal("POST", f"{path}/accept"))[:2] == (403, "forbidden")

    invited = api.of("dev@acme.example")
    assert await invited.get(path) == invitation
    member = await invited.post(f"{path}/accept")

    assert (member["email"], member["role"]) == ("dev@acme.example", "member")
    assert await api.get(PATH) == []
    assert len(await api.get("/teams/acme/members")) == 2
    assert (await api.refusal("PUT", PATH, NEW))[0] == 422
    assert (await invited.refusal("GET", path))[:2] == (404, "not_found")


@pytest.mark.parametrize("identity", ["id", "email"])
async def test_an_invitation_is_changed_and_revoked(api: Api, identity: str) -> None:
    invitation = await api.put(PATH, NEW)

    changed = await api.put(PATH, {**NEW, "role": "admin"})

    assert (changed["id"], changed["role"]) == (invitation["id"], "admin")
    named = invitation["id"] if identity == "id" else "dev@acme.example"
    assert await api.delete(f"{PATH}/{named}") == changed
    assert (await api.refusal("DELETE", f"{PATH}/{named}"))[:2] == (404, "not_found")


async def test_an_unknown_role_is_refused(api: Api) -> None:
    assert (await api.refusal("PUT", PATH, {**NEW, "role": "king"}))[0] == 422


async def test_a_team_has_app_permissions_and_no_acceptance(api: Api) -> None:
    features = await api.get("/teams/acme/features")

    assert {feature["name"]: feature["enabled"] for feature in features} == {
        "org-access-controls": True,
        "team-invite-acceptance": False,
    }
    details = await api.get("/teams/acme/features/org-access-controls")
    assert details in features
    assert (await api.refusal("GET", "/teams/acme/features/lasers"))[0] == 404


async def test_permissions_on_all_apps_and_spaces_are_listed(api: Api) -> None:
    app = await api.team_app()
    placed = await space(api)
    collaborator = {"user": "dev@acme.example", "permissions": ["view", "deploy"]}
    await api.post("/teams/apps/team-shop/collaborators", collaborator)

    entities = {entity["type"]: entity for entity in await api.get("/teams/acme/permissions")}

    assert (entities["app"]["id"], entities["space"]["id"]) == (app["id"], placed["id"])
    permissions = {user["email"]: user["permissions"] for user in entities["app"]["users"]}
    assert permissions["dev@acme.example"] == ["view", "deploy"]
    (admin,) = entities["space"]["users"]
    assert (admin["email"], admin["permissions"]) == ("ops@acme.example", ["create_apps"])
