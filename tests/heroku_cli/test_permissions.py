"""The Heroku CLI of a user with limited permissions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

DEV = "dev@acme.example"


@pytest.fixture
def dev(heroku: Heroku, api: Api) -> Heroku:
    """Run the CLI with another account."""
    return replace(heroku, environment={**heroku.environment, "HEROKU_API_KEY": api.of(DEV).key})


async def test_deploy_allows_config_vars_and_no_changes_of_a_database_plan(
    dev: Heroku, api: Api
) -> None:
    await api.team_app()
    database = await api.addon("heroku-postgresql:essential-0", "team-shop", name="orders")
    body = {"user": DEV, "permissions": ["view", "deploy"]}
    await api.post("/teams/apps/team-shop/collaborators", body)

    assert (await dev("auth:whoami")).stdout == f"{DEV}\n"
    assert "A:" in (await dev("config:set", "A=1", "-a", "team-shop")).stdout
    refused = await dev("addons:upgrade", "orders", "standard-0", "-a", "team-shop", exit_code=2)
    assert (
        "Error: You do not have permission to provision paid resources for team-shop. "
        "You need to have the operate permission on this app." in refused.stderr
    )
    assert "Error ID: forbidden" in refused.stderr
    assert (await api.get(f"/addons/{database['id']}"))["plan"] == database["plan"]
    await dev("apps:leave", "-a", "team-shop")
    gone = await dev("apps:info", "-a", "team-shop", exit_code=2)
    assert "You do not have access to the app team-shop." in gone.stderr


async def test_authorizations_and_clients_are_created_changed_and_revoked(
    heroku: Heroku, api: Api
) -> None:
    made = (await heroku("authorizations:create", "-d", "laptop", "-e", "60", "--json")).json
    other = replace(api, key=made["access_token"]["token"])
    assert (await other.get("/account"))["email"] == "ops@acme.example"
    listed = await heroku("authorizations")
    assert ["laptop", made["id"], "global"] in listed.rows
    await heroku("authorizations:rotate", made["id"])
    assert (await other.refusal("GET", "/account"))[0] == 401
    revoked = await heroku("authorizations:revoke", made["id"])
    assert "revoked authorization from laptop" in revoked.stderr
    assert await api.get("/oauth/authorizations") == []

    await heroku("clients:create", "anvil", "https://anvil.example/back")
    (client,) = await api.get("/oauth/clients")
    assert (client["name"], client["redirect_uri"]) == ("anvil", "https://anvil.example/back")
    assert (await heroku("sessions")).stdout == "No OAuth sessions.\n"
