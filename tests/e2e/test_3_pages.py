"""Run the console blocks of the README and docs/ in a world that is up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.comment.service import TOKEN, GitHubService, GitLabService, running
from tests.e2e.rehearsal import Done, Rehearsal
from tests.heroku_cli.on_path import programs
from tests.pages import blocks

pytestmark = pytest.mark.e2e
BLOCKS = blocks()
ACTIVATE, _ENTER = BLOCKS["Quickstart"].commands[:2]
ENTER = f"{ACTIVATE}\n{_ENTER}"
MARK = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
"""The start of each line of an error of the Heroku CLI."""


class MergeRequest(GitLabService):
    place = "/projects/acme%2Fshop/merge_requests/7/notes"


@pytest.fixture
def reader(edited: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Yield the world that is up, with `heroku` on PATH as a reader has it."""
    edited.programs = programs(tmp_path_factory.mktemp("reader"))[:1]
    yield edited
    edited.programs = []


def run(rehearsal: Rehearsal, *lines: str, **variables: str) -> Done:
    """Run lines in one shell that is not in the local world yet; all must succeed."""
    done = rehearsal.outside("\n".join(["set -e", *lines]), **variables)
    assert done.exit_code == 0, done.output
    return done


def test_the_local_world(reader: Rehearsal, site: str) -> None:
    done = run(reader, *BLOCKS["Quickstart"].commands)
    assert "unchanged" in done.output
    assert f"{reader.world.heroku.site(site)}  web.1 up" in done.output
    assert "heroku[web.1]: " in done.output


def test_the_heroku_cli(reader: Rehearsal, site: str) -> None:
    set_var, scale, logs, psql = BLOCKS["The Heroku CLI"].commands
    done = run(reader, ENTER, set_var, scale, f"echo 'SELECT 40 + 2' | {psql}")
    assert reader.heroku(f"/apps/{site}/config-vars")["GREETING"] == "hello"
    assert "Scaling dynos... done, now running web at 2:Standard-1X" in done.output
    assert re.search(r"^\s+42$", done.output, re.MULTILINE)
    assert "web.1" in first_line(reader, f"{ENTER}\nexec {logs}")
    back = ("config:unset GREETING", "ps:scale web=1:basic")
    run(reader, ENTER, *(f"heroku {command} -a {site}" for command in back))


def first_line(rehearsal: Rehearsal, script: str) -> str:
    """Return the first line about a dyno of a command that keeps running."""
    process = subprocess.Popen(
        ["sh", "-c", script],
        cwd=rehearsal.directory,
        env={**os.environ, "PATH": f"{rehearsal.programs[0]}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    with process.stdout:
        line = next(line for line in process.stdout if "web.1" in line)
        os.killpg(process.pid, signal.SIGTERM)
    process.wait()
    return line


def test_secrets(reader: Rehearsal) -> None:
    (command,) = BLOCKS["Secrets"].commands
    run(reader, ACTIVATE, f"echo planted-stripe-key | {command}")
    file = (reader.directory / "Pulumi.local.yaml").read_text()
    assert "STRIPE_KEY: {secure: v1:" in file
    assert "planted-stripe-key" not in file


@pytest.mark.long
def test_faults(reader: Rehearsal) -> None:
    *add, listing, clear = BLOCKS["Faults"].commands
    done = run(reader, ENTER, *add, listing)
    assert [done.output.count(f"  {kind} ") for kind in ("reset-after", "error", "stuck")] == [
        2
    ] * 3
    run(reader, ENTER, clear)
    assert reader.server.control("GET", "/faults") == []


@pytest.mark.long
def test_stopped_parts_start_again(reader: Rehearsal, site: str) -> None:
    stopped = run(reader, ENTER, "dynostack local stop", "dynostack local status")
    assert "local Heroku  stopped" in stopped.output
    run(reader, ENTER, "dynostack local start")
    assert reader.page(site)[0] == 200


@pytest.fixture
def production(reader: Rehearsal) -> Iterator[Rehearsal]:
    """Yield the world for a rehearsal of production; restore it afterwards."""
    run(reader, ENTER, "dynostack local snapshot readme")
    yield reader
    run(reader, ENTER, "dynostack local restore readme")


@pytest.mark.long
def test_rehearsing_production(production: Rehearsal) -> None:
    preview, up, reset = BLOCKS["Rehearsing production"].commands
    done = run(production, ENTER, preview, up)
    assert production.world.heroku.site("acme-shop") in done.output
    assert production.page("acme-shop")[0] == 200
    with_another_account(production)
    on_the_pull_request(production)
    run(production, ENTER, f"echo y | {reset}")
    assert production.heroku("/apps") == []


def with_another_account(rehearsal: Rehearsal) -> None:
    block = BLOCKS["Another account"]
    enter, *refused = block.commands
    outputs = []
    for command in refused:
        done = rehearsal.outside(f"{ENTER}\n{enter}\n{command}")
        assert done.exit_code != 0
        outputs.append(words(done.output))
    shown = re.split(rf"(?m)^ {MARK}   Error: |^    error: ", block.shown)[1:]
    for message, output in zip(shown, outputs, strict=True):
        assert words(message) in output


def words(text: str) -> str:
    """Return a text without line breaks and the marks at the start of lines."""
    return " ".join(text.replace(MARK, " ").split())


def on_the_pull_request(rehearsal: Rehearsal) -> None:
    review, export, github, gitlab, apply = BLOCKS["On the pull request"].commands
    rehearsal.edit("Pulumi.prod.yaml", 'plan: "100"', 'plan: "500"')
    with running(GitHubService()) as hub, running(MergeRequest()) as lab:
        services = {
            "GITHUB_API_URL": hub.address,
            "CI_API_V4_URL": lab.address,
            "GITLAB_TOKEN": TOKEN,
        }
        token = export.replace("...", TOKEN)
        comment = "dynostack review prod --format md"
        done = run(rehearsal, ENTER, comment, review, token, github, gitlab, apply, **services)
        assert "To apply exactly this: `dynostack apply prod --reviewed " in done.output
        for service in (hub, lab):
            assert ["memcachier:500" in body for body in service.bodies] == [True]
    plans = [each["plan"]["name"] for each in rehearsal.heroku("/apps/acme-shop/addons")]
    assert "memcachier:500" in plans


def test_the_real_heroku(reader: Rehearsal, tmp_path: Path) -> None:
    """Run the commands with a separate backend; the local Heroku stands for the real one."""
    init, change, export, secret = BLOCKS["Create a stack"].commands
    key, preview = BLOCKS["The real Heroku"].commands
    own = f"unset PULUMI_CONFIG_PASSPHRASE; export PULUMI_BACKEND_URL={tmp_path.as_uri()}"
    api_key = reader.world.api_key_file.read_text()
    done = run(
        reader,
        ENTER,
        own,
        init,
        f"printf 'a new one\\na new one\\n' | {change}",
        export.replace("...", "'a new one'"),
        f"echo planted-django-key | {secret}",
        key.replace("...", api_key),
        preview,
        "PULUMI_CONFIG_PASSPHRASE=dynostack-local pulumi config -s prod --show-secrets && exit 1",
        "true",
    )
    assert "incorrect passphrase" in done.output
    assert "app create" in done.output
    assert "planted-django-key" not in done.output
    assert "planted-django-key" not in (reader.directory / "Pulumi.prod.yaml").read_text()
