"""Transfers of apps to another team."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

DEV = "dev@acme.example"


async def test_an_app_moves_from_team_to_team(heroku: Heroku, api: Api) -> None:
    app = await api.team_app()
    await api.post("/teams", {"name": "globex"})
    await api.addon("heroku-postgresql:essential-0", "team-shop", name="orders")
    body = {"user": DEV, "permissions": ["view", "deploy"]}
    await api.post("/teams/apps/team-shop/collaborators", body)
    shared = await api.get("/teams/apps/team-shop/collaborators")
    await heroku("pipelines:create", "acme-shop", "-a", "team-shop", "-s", "production")
    config = await api.get("/apps/team-shop/config-vars")

    moved = await heroku("apps:transfer", "globex", "-a", "team-shop")

    assert "Transferring team-shop to globex... done" in moved.stderr
    after = await api.get("/apps/team-shop")
    assert (after["id"], after["team"]["name"]) == (app["id"], "globex")
    assert (await api.get("/teams/apps/team-shop"))["team"]["name"] == "globex"
    assert [each["name"] for each in await api.get("/teams/globex/apps")] == ["team-shop"]
    assert await api.get("/teams/acme/apps") == []
    assert await api.get("/apps/team-shop/config-vars") == config
    assert (await api.get("/addons/orders"))["billing_entity"]["name"] == "globex"
    assert await api.get("/teams/apps/team-shop/collaborators") == shared
    assert await api.get("/pipeline-couplings") == []
    dev = api.of(DEV)
    assert (await dev.get("/apps/team-shop"))["id"] == app["id"]
    assert "=== team-shop" in (await heroku("apps:info", "-a", "team-shop")).stdout
    assert ["team-shop"] in (await heroku("apps", "-t", "globex")).rows
