"""`heroku pg` with a real database."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dynostack.local.workspace import LocalWorkspace
from localheroku.core.state import Settings
from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api
from tests.localheroku.databases import (
    DatabaseBackends,
    DatabaseServer,
    contents,
    database_server,
    rows,
)

__all__ = ["database_server"]

pytestmark = [pytest.mark.e2e, pytest.mark.long]

VISITS = "CREATE TABLE visits AS SELECT generate_series(1, 3) AS number"
COUNT = "SELECT count(*) FROM visits"


@pytest.fixture
def backends(settings: Settings, database_server: DatabaseServer) -> DatabaseBackends:
    return DatabaseBackends.with_server(settings.data, database_server)


@pytest.fixture
def heroku(cli: Heroku, api: Api, world: LocalWorkspace) -> Heroku:
    """Run the CLI with psql on PATH and without a proxy.

    The CLI would also use the proxy for downloads from this machine.
    """
    environment = {**cli.environment, "PATH": world.variables()["PATH"], "HEROKU_APP": "shop"}
    return replace(cli, environment={k: v for k, v in environment.items() if k != "HTTPS_PROXY"})


async def database(api: Api, plan: str) -> str:
    """Create an app with a database named main-db, add three rows, and return its URL."""
    await api.app()
    await api.addon(f"heroku-postgresql:{plan}", name="main-db")
    url = str((await api.get("/apps/shop/config-vars"))["DATABASE_URL"])
    await rows(url, VISITS)
    return url


async def test_a_database_is_shown_and_queried(heroku: Heroku, api: Api) -> None:
    await database(api, "essential-0")

    info = (await heroku("pg:info")).stdout

    assert "=== DATABASE_URL" in info
    for line in (
        r"Plan: +Essential 0",
        r"Status: +Available",
        r"Connections: +0/20",
        r"PG Version: +1\d\.\d+",
        r"Tables: +1",
        r"Fork/Follow: +Unsupported",
        r"Add-on: +main-db",
    ):
        assert re.search(line, info), line
    output = (await heroku("pg:psql", "-c", "SELECT 'visits: ' || count(*) FROM visits")).stdout
    assert "visits: 3" in output
    assert "visits" not in (await heroku("pg:ps")).stdout


async def test_credentials_are_shown_and_rotated(heroku: Heroku, api: Api) -> None:
    before = await database(api, "essential-0")
    assert before in (await heroku("pg:credentials:url")).stdout
    assert "default" in (await heroku("pg:credentials", "main-db")).stdout

    await heroku("pg:credentials:rotate", "--confirm", "shop")

    after = (await heroku("config:get", "DATABASE_URL")).stdout.strip()
    assert before != after
    assert await rows(after, COUNT) == [(3,)]


async def test_a_backup_outlives_a_reset(heroku: Heroku, api: Api) -> None:
    url = await database(api, "essential-0")

    captured = await heroku("pg:backups:capture")
    assert "Backing up DATABASE to b001... done" in captured.stderr
    refused = await heroku("pg:reset", "--confirm", "stall", exit_code=1)
    assert "Confirmation stall did not match" in refused.stderr
    assert await rows(url, COUNT) == [(3,)]
    await heroku("pg:reset", "--confirm", "shop")
    missing = await heroku("pg:psql", "-c", COUNT, exit_code=1)
    assert 'relation "visits" does not exist' in missing.stderr

    backups = (await heroku("pg:backups")).rows
    assert [row[2] for row in backups if row[0] == "b001"] == ["Completed"]
    info = (await heroku("pg:backups:info", "b001")).stdout
    assert re.search(r"Status: +Completed", info)
    assert 'dumping contents of table "public.visits"' in info
    await heroku("pg:backups:download", "--output", "latest.dump")
    assert "TABLE DATA public visits" in contents(heroku.folder / "latest.dump")

    await heroku("pg:backups:restore", "b001", "--confirm", "shop")
    assert await rows(url, COUNT) == [(3,)]
    await heroku("pg:backups:delete", "b001", "--confirm", "shop")
    assert "b001" not in (await heroku("pg:backups")).stdout


async def test_another_database_is_filled_and_promoted(heroku: Heroku, api: Api) -> None:
    before = await database(api, "essential-0")
    await api.addon("heroku-postgresql:standard-0", name="new-db", attachment={"name": "JADE"})

    await heroku("pg:copy", "DATABASE", "JADE", "--confirm", "JADE")
    promoted = await heroku("pg:promote", "new-db")

    alias = re.search(r"(HEROKU_POSTGRESQL_\w+_URL)", promoted.stderr)
    assert alias
    config = await api.get("/apps/shop/config-vars")
    assert config[alias[1]] == before
    assert config["DATABASE_URL"] == config["JADE_URL"]
    assert await rows(config["DATABASE_URL"], COUNT) == [(3,)]
    info = (await heroku("pg:info", "new-db")).stdout
    assert re.search(r"Plan: +Standard 0", info)


async def test_a_release_command_does_not_keep_a_database_from_being_promoted(
    heroku: Heroku, api: Api
) -> None:
    await database(api, "standard-0")
    await api.addon("heroku-postgresql:standard-0", name="new-db", attachment={"name": "JADE"})
    await api.build("release: migrate\nweb: serve")

    promoted = await heroku("pg:promote", "new-db")

    assert "Checking release phase... pg:promote succeeded." in promoted.stderr
    last = [release["description"] for release in await api.get("/apps/shop/releases")][-2:]
    assert last == ["Detach DATABASE (@ref:main-db)", "Attach DATABASE (@ref:new-db)"]


async def test_features_of_standard_databases_are_shown_or_refused(
    heroku: Heroku, api: Api
) -> None:
    await database(api, "standard-0")

    assert "No data sources are linked" in (await heroku("pg:links")).stdout
    await heroku("pg:killall")
    assert "GREEN: Connection Count" in (await heroku("pg:diagnose")).stdout
    assert "hstore" in (await heroku("pg:extensions")).stdout
    assert "Statistics reset" in (await heroku("pg:stats-reset")).stdout
    changed = (await heroku("pg:settings:log-statement", "main-db", "ddl")).stdout
    assert "log-statement has been set to ddl for main-db." in changed
    await heroku("pg:upgrade:wait", "main-db")
    assert "not a follower" in (await heroku("pg:unfollow", "main-db", exit_code=2)).stderr
    refused = await heroku("pg:upgrade:prepare", "--confirm", "shop", exit_code=2)
    words = " ".join(refused.stderr.split())
    assert "Cannot upgrade database main-db from Postgres" in words
    assert "the local Heroku does not upgrade databases in place." in words
    assert "Run dynostack postgres move STACK to copy it to a new database." in words


async def test_a_database_has_the_version_that_it_is_created_with(heroku: Heroku, api: Api) -> None:
    await api.app()
    await heroku("addons:create", "heroku-postgresql:essential-0", "--wait", "--version", "17")
    other = ("heroku-postgresql:essential-0", "--as", "JADE", "--", "--version=16")
    await heroku("addons:create", *other)

    info = (await heroku("pg:info")).stdout
    assert re.findall(r"PG Version: +(\d+)\.", info) == ["17", "16"]
