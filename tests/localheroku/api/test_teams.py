"""Teams and their members."""

from __future__ import annotations

from tests.localheroku.client import Api

MEMBERS = "/teams/acme/members"


async def test_the_account_is_an_admin_of_its_team(api: Api) -> None:
    (team,) = await api.get("/teams")

    assert (team["name"], team["role"], team["type"]) == ("acme", "admin", "team")
    assert await api.get(f"/teams/{team['id']}") == await api.get("/teams/acme") == team
    (member,) = await api.get(MEMBERS)
    assert (member["email"], member["role"]) == ("ops@acme.example", "admin")


async def test_a_member_is_put_again_with_another_role(api: Api) -> None:
    body = {"email": "dev@acme.example", "role": "member", "federated": False}
    member = await api.put(MEMBERS, body)

    again = await api.put(MEMBERS, {**body, "role": "collaborator"})

    assert (again["id"], again["role"]) == (member["id"], "collaborator")
    listed = await api.get(MEMBERS, Range="email ..; max=1000")
    assert [m["email"] for m in listed] == ["dev@acme.example", "ops@acme.example"]


async def test_a_member_is_added_once_changed_and_removed(api: Api) -> None:
    body = {"email": "dev@acme.example", "role": "member"}
    member = await api.post(MEMBERS, body)

    assert (await api.refusal("POST", MEMBERS, body))[0] == 422
    assert (await api.patch(MEMBERS, {**body, "role": "admin"}))["role"] == "admin"
    removed = await api.delete(f"{MEMBERS}/dev@acme.example")
    assert removed["id"] == member["id"]
    assert (await api.refusal("DELETE", f"{MEMBERS}/dev@acme.example"))[:2] == (404, "not_found")


async def test_a_team_keeps_an_admin(api: Api) -> None:
    account = {"email": "ops@acme.example", "role": "member"}

    assert (await api.refusal("PUT", MEMBERS, account))[0] == 422
    assert (await api.refusal("DELETE", f"{MEMBERS}/ops@acme.example"))[0] == 422
    assert (await api.get("/teams/acme"))["role"] == "admin"


async def test_the_error_for_an_unknown_role_names_it(api: Api) -> None:
    status, code, message = await api.refusal(
        "PUT", MEMBERS, {"email": "dev@acme.example", "role": "king"}
    )

    assert (status, code) == (422, "invalid_params")
    assert message.startswith("Unknown role king.")
    assert len(await api.get(MEMBERS)) == 1


async def test_the_permissions_of_team_apps_are_listed(api: Api) -> None:
    answer = await api.get("/teams/permissions")

    assert {p["name"] for p in answer} == {"view", "deploy", "operate", "manage"}


async def test_an_unknown_team_is_not_found(api: Api) -> None:
    assert (await api.refusal("GET", "/teams/other"))[:2] == (404, "not_found")


async def test_a_collaborator_of_a_team_app_is_a_collaborator_of_the_team(api: Api) -> None:
    await api.team_app()
    body = {"user": "guest@other.example", "permissions": ["view"]}
    await api.post("/teams/apps/team-shop/collaborators", body)
    guest = api.of("guest@other.example")

    roles = {member["email"]: member["role"] for member in await api.get(MEMBERS)}
    assert roles == {"ops@acme.example": "admin", "guest@other.example": "collaborator"}
    (team,) = await guest.get("/teams")
    assert (team["name"], team["role"]) == ("acme", "collaborator")
    assert (await guest.refusal("GET", MEMBERS))[0] == 403

    await api.delete("/apps/team-shop/collaborators/guest@other.example")

    assert await guest.get("/teams") == []
    assert await guest.refusal("GET", "/teams/acme") == (
        403,
        "forbidden",
        "You do not have access to the team acme.",
    )
