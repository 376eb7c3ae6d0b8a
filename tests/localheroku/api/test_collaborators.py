"""Collaborators of apps."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api

PERSONAL = "/apps/shop/collaborators"
OF_TEAM = "/teams/apps/team-shop/collaborators"


def names(collaborator: dict[str, list[dict[str, str]]]) -> list[str]:
    return [permission["name"] for permission in collaborator["permissions"]]


async def test_a_personal_app_s_collaborator_has_no_permissions(api: Api) -> None:
    await api.app()

    person = await api.post(PERSONAL, {"user": "Dev@acme.example", "silent": True})

    assert (person["user"]["email"], person["role"]) == ("dev@acme.example", "collaborator")
    assert person["permissions"] == []
    for identity in (person["id"], "dev@acme.example", person["user"]["id"]):
        assert await api.get(f"{PERSONAL}/{identity}") == person


async def test_the_owner_is_listed_and_cannot_be_removed(api: Api) -> None:
    await api.app()

    (owner,) = await api.get(PERSONAL)

    assert (owner["role"], owner["user"]["email"]) == ("owner", "ops@acme.example")
    assert (await api.refusal("DELETE", f"{PERSONAL}/{owner['id']}"))[0] == 422


async def test_a_removed_collaborator_is_not_found(api: Api) -> None:
    await api.app()
    person = await api.post(PERSONAL, {"user": "dev@acme.example"})

    assert await api.delete(f"{PERSONAL}/dev@acme.example") == person

    status, code, message = await api.refusal("GET", f"{PERSONAL}/{person['id']}")
    assert (status, code) == (404, "not_found")
    assert "Couldn't find that user" in message


async def test_access_is_given_once(api: Api) -> None:
    await api.app()
    await api.post(PERSONAL, {"user": "dev@acme.example"})

    status, code, message = await api.refusal("POST", PERSONAL, {"user": "dev@acme.example"})

    assert (status, code) == (422, "invalid_params")
    assert "is already a collaborator on app" in message


async def test_the_same_person_has_the_same_id_in_every_app(api: Api) -> None:
    await api.app()
    await api.team_app()

    one = await api.post(PERSONAL, {"user": "dev@acme.example"})
    two = await api.post(OF_TEAM, {"user": one["user"]["id"], "permissions": ["view"]})

    assert one["user"] == two["user"]


async def test_an_unknown_user_id_is_not_found(api: Api) -> None:
    await api.app()

    assert (await api.refusal("POST", PERSONAL, {"user": "nobody"}))[:2] == (404, "not_found")


async def test_a_team_app_s_collaborator_has_the_permissions_that_were_given(api: Api) -> None:
    app = await api.team_app()

    person = await api.post(
        OF_TEAM, {"user": "dev@acme.example", "silent": True, "permissions": ["operate", "view"]}
    )

    assert names(person) == ["view", "operate"]
    assert await api.get(f"/apps/{app['id']}/collaborators/{person['id']}") == person
    assert await api.get(f"{OF_TEAM}/{person['id']}") == person


async def test_permissions_are_replaced(api: Api) -> None:
    await api.team_app()
    await api.post(OF_TEAM, {"user": "dev@acme.example", "permissions": ["view", "deploy"]})

    person = await api.patch(f"{OF_TEAM}/dev@acme.example", {"permissions": ["view"]})

    assert names(person) == ["view"]


async def test_a_collaborator_of_a_team_app_can_view_it_by_default(api: Api) -> None:
    await api.team_app()

    assert names(await api.post(OF_TEAM, {"user": "dev@acme.example"})) == ["view"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_an_unknown_permission_is_refused(api: Api, method: str) -> None:
    await api.team_app()
    path, body = OF_TEAM, {"permissions": ["own"]}
    if method == "PATCH":
        await api.post(OF_TEAM, {"user": "dev@acme.example"})
        path = f"{OF_TEAM}/dev@acme.example"
    fields = {"user": "other@acme.example", **body} if method == "POST" else body

    assert await api.refusal(method, path, fields) == (
        422,
        "invalid_params",
        "Unknown permission own. Choose one of: view, deploy, operate, manage.",
    )


async def test_a_member_of_the_team_is_listed_by_role(api: Api) -> None:
    await api.team_app()
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})

    await api.post(OF_TEAM, {"user": "dev@acme.example", "permissions": ["view"]})

    listed = await api.get(OF_TEAM, Range="email ..; max=1000")
    assert [(c["user"]["email"], c["role"]) for c in listed] == [
        ("dev@acme.example", "member"),
        ("ops@acme.example", "admin"),
    ]


async def test_a_personal_app_is_not_a_team_app(api: Api) -> None:
    await api.app()

    assert (await api.refusal("GET", "/teams/apps/shop/collaborators"))[:2] == (404, "not_found")
