"""Stopping keeps everything; destroying leaves nothing."""

from __future__ import annotations

import re

import pytest

from localheroku.addons import POSTGRES
from localheroku.addons.postgres import versions
from localheroku.addons.postgres.server import PostgresServer
from tests.e2e.rehearsal import Rehearsal
from tests.e2e.test_1_up import fact

pytestmark = pytest.mark.e2e

VERSION = "17"
"""The version that Pulumi.local.yaml asks for."""


async def databases(rehearsal: Rehearsal) -> list[str]:
    """Return the databases on the local Heroku's PostgreSQL server that are not its own."""
    folder = rehearsal.world.heroku_data / POSTGRES
    server = PostgresServer(versions.home(folder, VERSION), VERSION)
    async with await server.connect() as admin:
        rows = await admin.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return [name for (name,) in await rows.fetchall() if name != "postgres"]


def test_down_stops_everything_and_up_finds_it_again(rehearsal: Rehearsal, site: str) -> None:
    _, before = rehearsal.page(site)
    server = rehearsal.server.process()
    assert server
    processes = [server, *server.children(recursive=True)]
    assert rehearsal.dynostack("down").exit_code == 0
    assert not [process for process in processes if process.is_running()]
    up = rehearsal.dynostack("up")
    assert up.exit_code == 0, up.output
    _, after = rehearsal.page(site)
    assert int(fact(after, "database-rows")) > int(fact(before, "database-rows"))


def test_destroy_is_refused_while_the_database_is_protected(
    rehearsal: Rehearsal, site: str
) -> None:
    done = rehearsal.pulumi("destroy", "-s", "local", "--yes")
    assert done.exit_code != 0
    assert "protect" in done.output
    assert rehearsal.page(site)[0] == 200


async def test_destroy_leaves_nothing(rehearsal: Rehearsal, site: str) -> None:
    assert len(await databases(rehearsal)) == 1
    rehearsal.edit("Pulumi.local.yaml", "protect: true", "protect: false")
    assert rehearsal.pulumi("up", "-s", "local", "--yes").exit_code == 0
    done = rehearsal.pulumi("destroy", "-s", "local", "--yes")
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output.lower()
    assert rehearsal.heroku("/apps") == []
    lines = rehearsal.command_lines()
    assert not [line for line in lines if re.search("memcached|gunicorn", line)]
    assert await databases(rehearsal) == []
