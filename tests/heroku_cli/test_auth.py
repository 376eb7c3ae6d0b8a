"""The account of the CLI and its authorizations."""

from __future__ import annotations

from dataclasses import replace

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_the_account_is_the_local_one(heroku: Heroku) -> None:
    assert (await heroku("auth:whoami")).stdout == "ops@acme.example\n"
    heroku.environment["HEROKU_API_KEY"] = "another"
    refused = await heroku("auth:whoami", exit_code=2)
    assert "Invalid credentials provided." in refused.stderr


async def test_authorizations_are_given_and_revoked(heroku: Heroku, api: Api) -> None:
    made = await heroku("authorizations:create", "-d", "ci", "-s", "read", "--json")
    authorization = made.json
    token = authorization["access_token"]["token"]
    await api.app()
    assert (authorization["description"], authorization["scope"]) == ("ci", ["read"])
    limited = replace(heroku, environment={**heroku.environment, "HEROKU_API_KEY": token})
    refused = await limited("config", "-a", "shop", exit_code=2)
    assert "The scope of this key is read." in refused.stderr
    listed = await heroku("authorizations")
    assert ["ci", authorization["id"], "read"] in listed.rows
    info = await heroku("authorizations:info", authorization["id"])
    assert ["Scope:", "read"] in info.rows
    revoked = await heroku("authorizations:revoke", authorization["id"])
    assert "done, revoked authorization from ci" in revoked.stderr + revoked.stdout
    assert authorization["id"] not in [
        each["id"] for each in await api.get("/oauth/authorizations")
    ]
