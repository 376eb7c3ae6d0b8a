"""A new project that its team extends as docs/extending.md says, with the real engine."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.pages import PROJECT, files
from tests.ports import free_port
from tests.scaffold import random_provider
from tests.scaffold.repositories import DEPLOYABLE, write

PAGE = "docs/extending.md"
FILES = files(PAGE)
MESSAGE = (PROJECT / PAGE).read_text().partition("```text\n")[2].partition("```")[0]
"""What the page shows of the check."""
CONFIG, UPTIME, APP = (
    FILES[name] for name in ("config/__init__.py", "stacks/uptime.py", "stacks/app.py")
)
CALL = FILES["stacks/environment.py"]
SECTION = FILES["Pulumi.local.yaml"]
POLICIES = {name: text for name, text in FILES.items() if name.startswith("policies/")}
RANDOM = '''\
"""The part of the package pulumi-random that the program uses."""

import pulumi


class RandomPassword(pulumi.CustomResource):
    result: pulumi.Output[str]

    def __init__(self, name: str, length: int, special: bool) -> None:
        inputs = {"length": length, "special": special, "result": None}
        secret = pulumi.ResourceOptions(additional_secret_outputs=["result"])
        super().__init__("random:index/randomPassword:RandomPassword", name, inputs, secret)
'''
TEST = """

def test_what_the_team_added_is_declared() -> None:
    environment = examine("local", PROJECT).environment
    inputs = {each.type: each.inputs for each in declared(environment, stacks.declare)}
    assert inputs["random:index/randomPassword:RandomPassword"]["length"] == 32
    config_vars = inputs["heroku:app/configAssociation:ConfigAssociation"]["vars"]
    assert config_vars == {"UPTIME_PATH": "/health", "UPTIME_MINUTES": "1"}
"""


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new project with everything that the page adds."""
    repository = write(tmp_path_factory.mktemp("extended") / "mysite", DEPLOYABLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        done = CliRunner().invoke(commands, ["new"])
    assert done.exit_code == 0, done.output
    infra = repository / "infra"
    (infra / "policies").mkdir()
    whole = {"config/__init__.py": CONFIG, "stacks/uptime.py": UPTIME, "stacks/app.py": APP}
    for name, text in {**whole, **POLICIES, "pulumi_random.py": RANDOM}.items():
        (infra / name).write_text(text)
    program = infra / "stacks/environment.py"
    edit(
        program,
        "    app = declare_app(environment)\n",
        f"    app = declare_app(environment)\n{CALL}",
    )
    edit(
        program,
        "from stacks.processes",
        "from stacks.uptime import UptimeCheck\nfrom stacks.processes",
    )
    file = infra / "Pulumi.local.yaml"
    edit(file, "config:\n", f"config:\n{SECTION}")
    edit(file, "    source: ..\n", "")
    edit(infra / "pyproject.toml", "port = 5050", f"port = {free_port()}")
    return infra


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, text
    file.write_text(text.replace(old, new))


def test_a_rule_of_the_team_is_a_finding(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(infra)
    assert "DS601" not in CliRunner().invoke(commands, ["check", "local"]).output
    edit(infra / "Pulumi.prod.yaml", "web: {size: basic,", "web: {size: standard-1x,")
    done = CliRunner().invoke(commands, ["check", "prod"])
    assert done.exit_code == 1
    assert MESSAGE in done.output


def test_what_the_team_adds_is_declared(infra: Path) -> None:
    with (infra / "tests/test_environments.py").open("a") as file:
        file.write(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=infra, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout


@pytest.fixture
def server(infra: Path) -> Iterator[ServerProcess]:
    """Return the local Heroku of the project, which has the plugin of pulumi-random."""
    before = (infra / "Pulumi.local.yaml").read_text()
    server = ServerProcess(LocalWorkspace.of(infra))
    plugin = server.workspace.pulumi_home / "plugins/resource-random-v4.0.0/pulumi-resource-random"
    plugin.parent.mkdir(parents=True)
    command = shlex.join([sys.executable, random_provider.__file__])
    plugin.write_text(f"#!/bin/sh\nexec {command}\n")
    plugin.chmod(0o755)
    yield server
    server.leave()
    (infra / "Pulumi.local.yaml").write_text(before)


@pytest.mark.long
@pytest.mark.e2e
def test_everything_is_applied_and_a_policy_stops_a_review(
    infra: Path, server: ServerProcess
) -> None:
    file = infra / "Pulumi.local.yaml"
    file.write_text(file.read_text().partition("  mysite:formation:")[0])
    queue = "{plan: 'cloudamqp:lemur', unlisted: true}"
    with file.open("a") as text:
        text.write(f"  mysite:addons: {{cache: {{plan: 'heroku-redis:mini'}}, queue: {queue}}}\n")
    up = run(infra, "up")
    assert up.returncode == 0, up.stdout + up.stderr
    lines = [line for line in up.stderr.splitlines() if "is only a record" in line]
    assert [line.partition("Heroku: ")[2] for line in lines] == [
        "cloudamqp:lemur is only a record: nothing runs behind CLOUDAMQP_URL"
    ]
    config_vars = server.get("/apps/mysite-local/config-vars")
    assert config_vars["INTERNAL_TOKEN"] == random_provider.PASSWORD
    assert config_vars["UPTIME_PATH"] == "/health"
    edit(
        file, "config:\n", "config:\n  mysite:formation: {web: {size: standard-1x, quantity: 5}}\n"
    )
    review = run(infra, "review", "local", **server.workspace.environment())
    assert "at most 4 dynos of a process type" in review.stdout, review.stdout + review.stderr
    assert random_provider.PASSWORD not in review.stdout


def run(infra: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("dynostack")
    return subprocess.run(
        [program, *command],
        cwd=infra,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
