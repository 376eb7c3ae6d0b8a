"""Creation of teams, and their preferences for their apps."""

from __future__ import annotations

import pytest

from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api

ALLOWED = "/teams/acme/allowed-addon-services"


async def test_a_team_is_created_renamed_and_removed(api: Api) -> None:
    team = await api.post("/teams", {"name": "labs"})

    assert (team["name"], team["role"], team["default"]) == ("labs", "admin", False)
    assert {t["name"] for t in await api.get("/teams")} == {"acme", "labs"}
    changed = await api.patch("/teams/labs", {"name": "works", "default": True})
    assert (changed["id"], changed["name"], changed["default"]) == (team["id"], "works", True)
    assert (await api.delete("/teams/works"))["id"] == team["id"]
    assert (await api.refusal("GET", "/teams/works"))[:2] == (404, "not_found")


@pytest.mark.parametrize("name", ["acme", "Labs", "a", "9labs"])
async def test_an_unavailable_name_is_refused(api: Api, name: str) -> None:
    assert (await api.refusal("POST", "/teams", {"name": name}))[:2] == (422, "invalid_params")
    await api.post("/teams", {"name": "labs"})
    assert (await api.refusal("PATCH", "/teams/labs", {"name": name}))[0] == 422


async def test_a_team_that_owns_something_stays(api: Api) -> None:
    await api.team_app()
    await space(api)
    team = await api.get("/teams/acme")
    owner = {"id": team["id"], "type": "team"}
    await api.post("/pipelines", {"name": "acme-line", "owner": owner})

    for path, name in (
        ("/apps/team-shop", "team-shop"),
        ("/spaces/acme-space", "acme-space"),
        ("/pipelines/acme-line", "acme-line"),
    ):
        assert name in (await api.refusal("DELETE", "/teams/acme"))[2]
        await api.delete(path)
    await api.delete("/teams/acme")


async def test_only_an_admin_changes_a_team(api: Api) -> None:
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})
    dev = api.of("dev@acme.example")

    assert (await dev.refusal("PATCH", "/teams/acme", {"name": "mine"}))[0] == 403
    assert (await dev.refusal("DELETE", "/teams/acme"))[0] == 403
    assert (await dev.refusal("POST", ALLOWED, {"addon_service": "memcachier"}))[0] == 403


async def test_the_apps_of_a_member_are_listed(api: Api) -> None:
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})
    await api.team_app("one-app")
    await api.team_app("two-app")
    body = {"user": "dev@acme.example", "permissions": ["deploy"]}
    await api.post("/teams/apps/two-app/collaborators", body)

    listed = await api.get("/teams/acme/members/dev@acme.example/apps")

    assert [app["name"] for app in listed] == ["two-app"]


async def test_a_team_that_controls_its_add_ons_has_those_it_allows(api: Api) -> None:
    await api.team_app()
    await api.app()
    assert (await api.get("/teams/acme/preferences"))["addons-controls"] is None
    await api.patch("/teams/acme/preferences", {"addons-controls": True})
    (allowed,) = await api.post(ALLOWED, {"addon_service": "memcachier"})
    assert allowed["addon_service"]["name"] == "memcachier"
    assert allowed["added_by"]["email"] == "ops@acme.example"
    assert await api.post(ALLOWED, {"addon_service": "memcachier"}) == [allowed]
    assert await api.get(ALLOWED) == [allowed]

    await api.addon("memcachier:dev", "team-shop")
    await api.addon("papertrail:choklad")
    refused = await api.refusal("POST", "/apps/team-shop/addons", {"plan": "papertrail:choklad"})

    assert refused[:2] == (422, "invalid_params")
    assert refused[2].startswith("Team acme does not allow the add-on service papertrail.")
    assert await api.delete(f"{ALLOWED}/memcachier") == allowed
    assert (await api.refusal("DELETE", f"{ALLOWED}/memcachier"))[:2] == (404, "not_found")
    await api.patch("/teams/acme/preferences", {"addons-controls": False})
    await api.addon("papertrail:choklad", "team-shop")


async def test_an_account_s_preferences_are_kept(api: Api) -> None:
    before = await api.get("/users/~/preferences")
    assert set(before.values()) == {None}

    changed = await api.patch("/users/~/preferences", {"timezone": "Europe/Berlin"})

    assert changed == {**before, "timezone": "Europe/Berlin"}
    assert await api.patch("/users/~/preferences", {"dismissed-sms-banner": True}) == {
        **changed,
        "dismissed-sms-banner": True,
    }
    stranger = api.of("stranger@elsewhere.example")
    path = "/users/ops@acme.example/preferences"
    assert (await stranger.refusal("GET", path))[0] == 403
