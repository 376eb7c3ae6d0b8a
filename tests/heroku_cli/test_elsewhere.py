"""The commands of the CLI that send requests to other hosts, regardless of the settings."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.heroku_cli.heroku import FLAGS, Heroku
from tests.ledger.page import known
from tests.localheroku.client import Api

pytestmark = pytest.mark.long

SOAK = "DYNOSTACK_SOAK" in os.environ

ASKED = re.compile(
    r"hostname: '([\w.]+)'|METRICS_HOST = '([\w.]+)'|https://(kolkrabbi\.heroku\.com|api\.github\.com)"
    r"|https://(api\.status\.salesforce\.com)"
)
"""Matches a host in a request that no setting changes; other hosts are in examples and texts."""

IMPORTED = re.compile(r"from '(\.[^']+)'")

STAYS = frozenset({"reviewapps:enable", "reviewapps:disable"})
"""Commands that would only reach another host if the pipeline had no repository here."""

RUN = {
    "api.metrics.herokai.com": ("apps:errors", "-a", "shop"),
    "api.metrics.heroku.com": ("ps:autoscale:disable", "-a", "shop"),
    "api.status.salesforce.com": ("status",),
    "kolkrabbi.heroku.com": ("pipelines:connect", "shop", "-r", "acme/shop"),
    "particleboard.heroku.com": ("apps:favorites",),
    "telex.heroku.com": ("notifications",),
}
"""One command for each host; GitHub is only reached with the response of the first host."""


def hosts_of(file: Path) -> set[str]:
    """Return the hosts in a command's module and in the CLI's modules that it imports."""
    hosts, seen, left = set(), set(), [file]
    while left:
        seen.add(module := left.pop())
        text = module.read_text(encoding="utf-8")
        hosts |= {next(filter(None, found)) for found in ASKED.findall(text)}
        imported = {(module.parent / name).resolve() for name in IMPORTED.findall(text)}
        left += imported - seen
    return hosts


def commands(program: Path) -> Iterator[tuple[str, Path]]:
    folder = program.parent.parent / "dist/commands"
    for file in folder.rglob("*.js"):
        name = ":".join(file.relative_to(folder).with_suffix("").parts)
        yield name.removesuffix(":index"), file


def test_every_command_that_calls_another_host_is_known(program: Path) -> None:
    found = {(host, name) for name, file in commands(program) for host in hosts_of(file)}
    known_pairs = {
        (each["host"], name) for each in known()["elsewhere"] for name in each["commands"]
    }

    assert {pair for pair in found if pair[1] not in STAYS} == known_pairs


def test_one_command_is_run_for_each_host() -> None:
    assert {each["host"] for each in known()["elsewhere"]} - RUN.keys() == {"api.github.com"}


async def test_a_command_that_fails_reports_nothing_elsewhere(heroku: Heroku) -> None:
    """Run the published CLI, including its telemetry, which `dynostack env` switches off.

    It prints what it prints in the process that runs the commands of other tests.
    """
    published = replace(heroku, flags=FLAGS)
    assert await published("apps") == await heroku("apps")
    unknown = ("apps:info", "-a", "nowhere")
    assert await published(*unknown, exit_code=2) == await heroku(*unknown, exit_code=2)


async def test_test_runs_are_watched_here(heroku: Heroku, api: Api) -> None:
    """The CLI is not notified of new test runs, so it only shows the existing ones."""
    await api.app()
    await api.post("/pipelines", {"name": "shop"})
    log = api.heroku.platform.settings.data / "requests.jsonl"

    watching = await heroku.start("ci", "-p", "shop", "--watch")
    for _ in range(1200):
        paths = {json.loads(line)["path"] for line in log.read_text().splitlines()}
        if "/socket/websocket" in paths:
            break
        await asyncio.sleep(0.05)
    watching.kill()
    await watching.communicate()

    assert "/socket/websocket" in paths


@pytest.mark.parametrize("host", RUN if SOAK else ["particleboard.heroku.com"])
async def test_each_host_is_requested(cli: Heroku, api: Api, host: str) -> None:
    await api.app()
    await api.post("/pipelines", {"name": "shop"})

    failed = await cli(*RUN[host], exit_code=1)

    assert host in f"{cli.outside} {failed.stderr}"
