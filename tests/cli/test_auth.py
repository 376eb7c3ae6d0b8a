"""Who the CLI is."""

from __future__ import annotations

from tests.cli.heroku import Heroku


async def test_the_account_is_the_local_one(heroku: Heroku) -> None:
    assert (await heroku("auth:whoami")).stdout == "ops@acme.example\n"
