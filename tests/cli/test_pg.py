"""`heroku pg` and a real database."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dynostack.heroku.platform import Settings
from dynostack.world import World
from tests.cli.heroku import Heroku
from tests.heroku.client import Api
from tests.heroku.databases import DatabaseServer, WithDatabases, contents, database_server, rows

__all__ = ["database_server"]

pytestmark = pytest.mark.e2e

VISITS = "CREATE TABLE visits AS SELECT generate_series(1, 3) AS number"
COUNT = "SELECT 'visits: ' || count(*) FROM visits"


@pytest.fixture
def machines(settings: Settings, database_server: DatabaseServer) -> WithDatabases:
    return WithDatabases.beside(settings.data, database_server)


@pytest.fixture
def heroku(cli: Heroku, api: Api, world: World) -> Heroku:
    """With a psql on PATH, and no proxy: the CLI would ask it for this machine's downloads."""
    environment = {**cli.environment, "PATH": world.variables()["PATH"], "HEROKU_APP": "shop"}
    return replace(cli, environment={k: v for k, v in environment.items() if k != "HTTPS_PROXY"})


async def psql(heroku: Heroku, statement: str) -> str:
    return (await heroku("pg:psql", "-c", statement)).stdout


async def test_a_database_is_looked_at_and_spoken_with(heroku: Heroku) -> None:
    await heroku("apps:create", "shop", "--no-remote")
    assert "has no heroku-postgresql databases" in (await heroku("pg:info")).stdout
    await heroku("addons:create", "heroku-postgresql:essential-0", "--name", "main-db", "--wait")

    await psql(heroku, VISITS)

    assert "visits: 3" in await psql(heroku, COUNT)
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
    await heroku("pg:wait")
    assert "CREATE TABLE" not in (await heroku("pg:ps")).stdout
    assert "visits" in (await heroku("pg:table-size")).stdout


async def test_credentials_are_shown_and_rotated(heroku: Heroku) -> None:
    await heroku("apps:create", "shop", "--no-remote")
    await heroku("addons:create", "heroku-postgresql:essential-0", "--name", "main-db")
    before = (await heroku("config:get", "DATABASE_URL")).stdout.strip()
    assert before in (await heroku("pg:credentials:url")).stdout
    assert "default" in (await heroku("pg:credentials", "main-db")).stdout

    await heroku("pg:credentials:rotate", "--confirm", "shop")

    after = (await heroku("config:get", "DATABASE_URL")).stdout.strip()
    assert before != after
    assert await rows(after, "SELECT 1") == [(1,)]
    refused = await heroku("pg:credentials:create", "--name", "gandalf", exit_code=1)
    assert "on Essential-tier databases" in refused.stderr


async def test_a_backup_outlives_a_reset(heroku: Heroku) -> None:
    await heroku("apps:create", "shop", "--no-remote")
    await heroku("addons:create", "heroku-postgresql:essential-0")
    await psql(heroku, VISITS)

    captured = await heroku("pg:backups:capture")
    assert "Backing up DATABASE to b001... done" in captured.stderr
    refused = await heroku("pg:reset", "--confirm", "stall", exit_code=1)
    assert "Confirmation stall did not match" in refused.stderr
    assert "visits: 3" in await psql(heroku, COUNT)
    await heroku("pg:reset", "--confirm", "shop")
    missing = await heroku("pg:psql", "-c", COUNT, exit_code=1)
    assert 'relation "visits" does not exist' in missing.stderr

    assert [row[2] for row in (await heroku("pg:backups")).rows if row[0] == "b001"] == [
        "Completed"
    ]
    info = (await heroku("pg:backups:info", "b001")).stdout
    assert re.search(r"Status: +Completed", info)
    assert 'dumping contents of table "public.visits"' in info
    await heroku("pg:backups:download", "--output", "latest.dump")
    assert "TABLE DATA public visits" in contents(heroku.folder / "latest.dump")

    await heroku("pg:backups:restore", "b001", "--confirm", "shop")
    assert "visits: 3" in await psql(heroku, COUNT)
    await heroku("pg:backups:delete", "b001", "--confirm", "shop")
    assert "b001" not in (await heroku("pg:backups")).stdout


async def test_another_database_is_filled_and_promoted(heroku: Heroku) -> None:
    await heroku("apps:create", "shop", "--no-remote")
    await heroku("addons:create", "heroku-postgresql:essential-0", "--name", "old-db")
    await psql(heroku, VISITS)
    await heroku(
        *("addons:create", "heroku-postgresql:standard-0"),
        *("--name", "new-db", "--as", "HEROKU_POSTGRESQL_JADE"),
    )

    await heroku("pg:copy", "DATABASE", "HEROKU_POSTGRESQL_JADE", "--confirm", "JADE")
    assert "c001" in (await heroku("pg:backups")).stdout
    promoted = await heroku("pg:promote", "new-db")

    alias = re.search(r"(HEROKU_POSTGRESQL_\w+)_URL", promoted.stderr)
    assert alias
    assert alias[1] != "HEROKU_POSTGRESQL_JADE"
    info = (await heroku("pg:info", "new-db")).stdout
    assert re.search(r"Plan: +Standard 0", info)
    assert "DATABASE_URL" in info
    old = (await heroku("pg:info", alias[1])).stdout
    assert re.search(r"Add-on: +old-db", old)
    assert "visits: 3" in await psql(heroku, COUNT)


async def test_what_standard_databases_have_is_told_or_refused(heroku: Heroku) -> None:
    await heroku("apps:create", "shop", "--no-remote")
    await heroku("addons:create", "heroku-postgresql:standard-0", "--name", "main-db")

    assert "No data sources are linked" in (await heroku("pg:links")).stdout
    await heroku("pg:killall")
    assert "not a follower" in (await heroku("pg:unfollow", "main-db", exit_code=2)).stderr
    refused = await heroku("pg:upgrade:prepare", "--confirm", "shop", exit_code=2)
    assert "main-db stays at Postgres" in " ".join(refused.stderr.split())
