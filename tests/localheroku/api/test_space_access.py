"""The permissions of a team's members in its spaces."""

from __future__ import annotations

from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api


async def test_a_member_is_permitted_to_create_apps(api: Api) -> None:
    made = await space(api)
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})
    path = "/spaces/acme-space/members/dev@acme.example"
    before = await api.get(path)
    assert (before["permissions"], before["space"]["id"]) == ([], made["id"])

    answer = await api.patch(path, {"permissions": [{"name": "create_apps"}]})

    assert [permission["name"] for permission in answer["permissions"]] == ["create_apps"]
    assert (await api.get(path)) == answer
    assert (answer["id"], answer["user"]) == (before["id"], before["user"])
    dev = api.of("dev@acme.example")
    app = {"name": "shop", "team": "acme", "space": "acme-space"}
    assert (await dev.post("/teams/apps", app))["space"]["name"] == "acme-space"
    assert (await api.patch(path, {"permissions": []}))["permissions"] == []
    refused = await dev.refusal("POST", "/teams/apps", {**app, "name": "other"})
    assert refused[:2] == (403, "forbidden")


async def test_an_admin_has_all_permissions_and_strangers_are_not_found(api: Api) -> None:
    await space(api)

    (admin,) = await api.get("/spaces/acme-space/members")

    assert [permission["name"] for permission in admin["permissions"]] == ["create_apps"]
    path = "/spaces/acme-space/members/stranger@elsewhere.example"
    assert (await api.refusal("GET", path))[:2] == (404, "not_found")


async def test_an_unknown_permission_is_refused(api: Api) -> None:
    await space(api)
    path = "/spaces/acme-space/members/ops@acme.example"

    for permission in ({"name": "fly"}, {}):
        refused = await api.refusal("PATCH", path, {"permissions": [permission]})
        assert refused[:2] == (422, "invalid_params")
