"""A new project that its team extends: a rule, a resource of another provider, and a policy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port
from tests.scaffold.repositories import DEPLOYABLE, write

RULE = '''\
"""The environments of blog."""

from pydantic import field_validator

import dynostack.environment
from dynostack.environment import App, RuleViolation

__all__ = ["Environment"]


class Environment(dynostack.environment.Environment):
    """One environment of blog."""

    @field_validator("app")
    @classmethod
    def _runs_in_europe(cls, app: App) -> App:
        if app.region != "eu":
            raise RuleViolation(f"the app runs in {app.region}", "eu", path=("region",))
        return app
'''
RESOURCE = '''
import pulumi


class RandomPet(pulumi.CustomResource):
    """A resource of the package pulumi-random."""

    def __init__(self, name: str, length: int) -> None:
        super().__init__("random:index/randomPet:RandomPet", name, {"length": length})
'''
TEST = """
def test_the_pet_is_declared() -> None:
    environment = examine("local", PROJECT).environment
    pets = [each for each in declared(environment, stacks.declare) if "Pet" in each.type]
    assert [(each.name, each.inputs["length"]) for each in pets] == [("nickname", 2)]
"""


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new project, in Europe."""
    monkeypatch.chdir(write(tmp_path / "blog", DEPLOYABLE))
    done = CliRunner().invoke(commands, ["new", "--policies"])
    assert done.exit_code == 0, done.output
    infra = tmp_path / "blog/infra"
    edit(infra / "Pulumi.local.yaml", "    source: ..\n", "    region: eu\n    source: ..\n")
    return infra


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_a_rule_of_the_team_is_a_finding(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (infra / "config/__init__.py").write_text(RULE)
    monkeypatch.chdir(infra)
    assert "the app runs in" not in CliRunner().invoke(commands, ["check", "local"]).output
    edit(infra / "Pulumi.local.yaml", "region: eu", "region: us")
    done = CliRunner().invoke(commands, ["check", "local"])
    assert (done.exit_code, "the app runs in us" in done.output) == (1, True)


def test_a_resource_of_another_provider_is_declared(infra: Path) -> None:
    program = infra / "stacks/environment.py"
    edit(program, "\nimport pulumi\n", RESOURCE.rstrip() + "\n")
    edit(
        program,
        "    app = declare_app(environment)\n",
        '    app = declare_app(environment)\n    RandomPet("nickname", length=2)\n',
    )
    with (infra / "tests/test_environments.py").open("a") as file:
        file.write(f"\n{TEST}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=infra, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout


@pytest.fixture
def server(infra: Path) -> Iterator[ServerProcess]:
    edit(infra / "pyproject.toml", "port = 5050", f"port = {free_port()}")
    file = infra / "Pulumi.local.yaml"
    text = file.read_text().replace("    source: ..\n", "").partition("  blog:formation:")[0]
    queue = "{plan: 'cloudamqp:lemur', unlisted: true}"
    more = (
        "drains: {archive: 'http://127.0.0.1:9/'}",
        f"addons: {{cache: {{plan: 'heroku-redis:mini'}}, queue: {queue}}}",
    )
    file.write_text(text + "".join(f"  blog:{each}\n" for each in more))
    server = ServerProcess(LocalWorkspace.of(infra))
    yield server
    server.leave()


@pytest.mark.e2e
def test_a_policy_of_the_team_stops_a_review(infra: Path, server: ServerProcess) -> None:
    program = str(Path(sys.executable).with_name("dynostack"))
    workspace = server.workspace
    up = subprocess.run([program, "up"], cwd=infra, capture_output=True, text=True, check=False)
    assert up.returncode == 0, up.stderr
    lines = [line for line in up.stderr.splitlines() if "is only a record" in line]
    assert [line.partition("Heroku: ")[2] for line in lines] == [
        "cloudamqp:lemur is only a record: nothing runs behind CLOUDAMQP_URL"
    ]
    edit(infra / "Pulumi.local.yaml", "9/'", "9/logs'")
    review = subprocess.run(
        [program, "review", "local"],
        cwd=infra,
        env=workspace.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "send logs over TLS" in review.stdout, review.stdout + review.stderr
