"""Collaborators and their permissions, teams and their members."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

DEV = "dev@acme.example"


async def test_a_personal_app_is_shared(heroku: Heroku, api: Api) -> None:
    await api.app()
    added = await heroku("access:add", DEV, "-a", "shop")
    assert "Adding dev@acme.example access to the app shop... done" in added.stderr
    output = await heroku("access", "-a", "shop")
    assert [DEV, "collaborator"] in output.rows
    assert ["ops@acme.example", "owner"] in output.rows
    refused = await heroku("access:update", DEV, "-p", "deploy", "-a", "shop", exit_code=2)
    assert "cannot update permissions. The app shop is not owned by a team" in refused.stderr
    await heroku("access:remove", DEV, "-a", "shop")
    emails = [one["user"]["email"] for one in await api.get("/apps/shop/collaborators")]
    assert emails == ["ops@acme.example"]


async def test_a_teams_app_is_shared_with_permissions(heroku: Heroku, api: Api) -> None:
    await api.team_app()

    async def permissions() -> set[str]:
        found = await api.get("/teams/apps/team-shop/collaborators")
        return next(
            {each["name"] for each in one["permissions"]}
            for one in found
            if one["user"]["email"] == DEV
        )

    await heroku("access:add", DEV, "-p", "deploy", "-a", "team-shop")
    assert await permissions() == {"deploy", "view"}
    await heroku("access:update", DEV, "-p", "operate", "-a", "team-shop")
    assert await permissions() == {"operate", "view"}
    output = await heroku("access", "-a", "team-shop")
    assert [DEV, "collaborator", "operate,", "view"] in output.rows
    await heroku("access:remove", DEV, "-a", "team-shop")
    refused = await heroku("access:remove", DEV, "-a", "team-shop", exit_code=2)
    assert "Error ID: not_found" in refused.stderr


async def test_a_team_has_members(heroku: Heroku, api: Api) -> None:
    async def roles() -> dict[str, str]:
        return {each["email"]: each["role"] for each in await api.get("/teams/acme/members")}

    assert ["acme", "admin"] in (await heroku("teams")).rows
    added = await heroku("members:add", DEV, "-r", "member", "-t", "acme")
    assert "Adding dev@acme.example to acme as member... done" in added.stderr
    await heroku("members:set", DEV, "-r", "admin", "-t", "acme")
    assert (await roles())[DEV] == "admin"
    output = await heroku("members", "-t", "acme", "--role", "admin")
    assert [DEV, "admin"] in output.rows
    await heroku("members:remove", DEV, "-t", "acme")
    assert DEV not in await roles()
