"""Stopping keeps everything; destroying leaves nothing."""

from __future__ import annotations

import re

import pytest

from tests.e2e.rehearsal import Rehearsal
from tests.e2e.test_1_up import fact

pytestmark = pytest.mark.e2e


def family(rehearsal: Rehearsal) -> list[str]:
    server = rehearsal.server.process()
    assert server
    return [" ".join(process.cmdline()) for process in server.children(recursive=True)]


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
    assert int(fact(after, "database-rows")) == int(fact(before, "database-rows")) + 1


def test_destroy_is_refused_while_the_database_is_protected(
    rehearsal: Rehearsal, site: str
) -> None:
    done = rehearsal.pulumi("destroy", "-s", "local", "--yes")
    assert done.exit_code != 0
    assert "protect" in done.output
    assert rehearsal.page(site)[0] == 200


def test_destroy_leaves_nothing(rehearsal: Rehearsal, site: str) -> None:
    rehearsal.edit("Pulumi.local.yaml", "protect: true", "protect: false")
    assert rehearsal.pulumi("up", "-s", "local", "--yes").exit_code == 0
    done = rehearsal.pulumi("destroy", "-s", "local", "--yes")
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output.lower()
    assert rehearsal.heroku("/apps") == []
    assert not [line for line in family(rehearsal) if re.search("memcached|gunicorn", line)]
    assert not databases(rehearsal)
