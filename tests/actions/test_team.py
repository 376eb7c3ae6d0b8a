"""A team on GitHub: from a pull request to its comment, the merge, the apply and the drift issue.

The repository is made by `dynostack new --github`; the shell of every step of its workflows and of
our actions runs with the real engine, a local Heroku and a local stand-in for GitHub.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml

from dynostack.inventory.platform_api import PlatformApi
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import STATE_PASSPHRASE, LocalWorkspace
from dynostack.scaffold.github_workflows import ACTIONS
from tests import warm
from tests.actions.own_workflows import ROOT
from tests.actions.runner import Event, Runner
from tests.comment.conftest import variables
from tests.comment.repository import GitHubRepository
from tests.comment.service import TOKEN, running
from tests.pages import blocks
from tests.ports import free_port
from tests.scaffold.repositories import DEPLOYABLE, write

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PLANTED = "correct-horse-battery"
FILE = """\
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-{stack}
    configVars: {{ GREETING: hello }}
"""
SEES_TOKEN = """
import os
import pathlib

pathlib.Path("seen").open("a").write(f"{'GITHUB_TOKEN' in os.environ}\\n")
"""
"""What the program does besides: it writes whether it has a token for GitHub."""
PEOPLE = "  shop:collaborators: [{ email: dev@acme.example }, { email: design@acme.example }]\n"


@dataclass
class Team:
    """A repository, with what runs its workflows."""

    root: Path
    github: GitHubRepository
    runner: Runner
    server: ServerProcess
    main: str = ""
    """The commit at the top of the main branch."""

    @property
    def heroku(self) -> PlatformApi:
        return PlatformApi(self.server.workspace.heroku.url, self.runner.secrets["HEROKU_API_KEY"])

    def git(self, *arguments: str) -> str:
        person = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example")
        command = ("git", *person, "-C", str(self.root), *arguments)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, **files: str) -> str:
        """Return a commit on top of main with one more section in the files of some stacks."""
        if self.main:
            self.git("checkout", "--quiet", "--detach", self.main)
        for stack, text in files.items():
            file = self.root / f"infra/Pulumi.{stack}.yaml"
            file.write_text(file.read_text().replace("config:\n", f"config:\n{text}"))
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")
        return self.git("rev-parse", "HEAD")

    def propose(self, commit: str, *, of_fork: bool = False) -> dict[str, int | None]:
        """Run what a pull request starts, whose merge would be a commit."""
        owner = "mallory/shop" if of_fork else "acme/shop"
        request = {"number": 7, "head": {"repo": {"full_name": owner}}}
        payload = {"pull_request": request}
        return self.runner.run(Event("pull_request", commit, "refs/pull/7/merge", payload))

    def queue(self, commit: str) -> dict[str, int | None]:
        """Run what the merge queue starts."""
        ref = f"refs/heads/gh-readonly-queue/main/pr-7-{self.main}"
        return self.runner.run(Event("merge_group", commit, ref))

    def merge(self, commit: str) -> dict[str, int | None]:
        self.main = commit
        self.github.merged[commit] = 7
        return self.runner.run(Event("push", commit))

    def night(self) -> dict[str, int | None]:
        return self.runner.run(Event("schedule", self.main))

    @contextmanager
    def failing(self, route: str) -> Iterator[None]:
        # The first of two calls at the same time could otherwise fail before the second is made.
        fault = {"kind": "error", "route": route, "options": {"status": 422}, "call": 2}
        self.server.control("POST", "/faults", {**fault, "count": 1})
        try:
            yield
        finally:
            self.server.control("DELETE", "/faults")

    def by_hand(self, method: str, path: str, **body: object) -> None:
        """Change something on Heroku behind the engine's back."""
        heroku = self.server.workspace.heroku.url
        headers = {"Accept": "application/vnd.heroku+json; version=3"}
        auth = ("", self.runner.secrets["HEROKU_API_KEY"])
        done = httpx.request(method, f"{heroku}{path}", headers=headers, auth=auth, json=body)
        assert done.is_success, done.text

    def people(self) -> set[str]:
        found = self.heroku.get("/apps/acme-prod/collaborators")
        return {each["user"]["email"] for each in found} - {"ops@acme.example"}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("team")
    root = write(folder / "shop", DEPLOYABLE)
    typed(root, blocks()["On GitHub"].commands, os.environ)
    infra = root / "infra"
    (infra / "Pulumi.local.yaml").unlink()
    for stack in ("prod", "staging"):
        (infra / f"Pulumi.{stack}.yaml").write_text(FILE.format(stack=stack))
    settings = infra / "pyproject.toml"
    settings.write_text(settings.read_text().replace("5050", str(free_port())))
    with (infra / "__main__.py").open("a") as file:
        file.write(SEES_TOKEN)
    with (infra / ".gitignore").open("a") as file:
        file.write("seen\n")
    workspace = LocalWorkspace.of(infra)
    for command in (["toolchain"], ["local", "start"]):
        dynostack(infra, *command)
    # `toolchain` linked it to the environment of the tests; the workflows make one.
    (infra / ".venv").unlink()
    shell = {**os.environ, **workspace.variables()}
    for stack in ("prod", "staging"):
        new = ("pulumi", "stack", "init", stack, "--no-select")
        subprocess.run(new, cwd=infra, env=shell, check=True, capture_output=True)
    secrets = {
        "GITHUB_TOKEN": TOKEN,
        "HEROKU_API_KEY": shell.pop("HEROKU_API_KEY"),
        "PULUMI_CONFIG_PASSPHRASE": STATE_PASSPHRASE,
    }
    kept = {"PULUMI_BACKEND_URL": shell.pop("PULUMI_BACKEND_URL")}
    shell.pop("PULUMI_CONFIG_PASSPHRASE", None)
    server = ServerProcess(workspace)
    with running(GitHubRepository()) as service:
        assert isinstance(service, GitHubRepository)
        shell["GITHUB_API_URL"] = variables(service)["GITHUB_API_URL"]
        runner = Runner(root, folder / "runner", shell, secrets, kept)
        team = Team(root, service, runner, server)
        team.main = team.commit()
        yield team
    server.leave()


def typed(folder: Path, commands: tuple[str, ...], shell: Mapping[str, str]) -> str:
    """Type commands of a page into one shell, and return what they print."""
    done = subprocess.run(
        ["sh", "-ec", "\n".join(commands)],
        cwd=folder,
        env={**shell, "PATH": f"{warm.dynostack().parent}:{shell['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def dynostack(folder: Path, *arguments: str) -> None:
    command = [str(warm.dynostack()), *arguments]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_fork_is_only_checked(team: Team) -> None:
    assert team.propose(team.main, of_fork=True) == {"check": 0, "review": None}
    assert team.github.entries == []


def test_from_the_pull_request_to_the_apply(team: Team) -> None:
    commit = team.commit(prod=PEOPLE)
    assert team.propose(commit) == {"check": 0, "review": 0}, team.runner.log
    (comment,) = team.github.bodies
    assert "`prod`" in comment
    assert "staging" not in comment
    assert team.queue(commit) == {"check": 0, "review": 0}, team.runner.log
    assert team.heroku.get("/apps") == []

    with team.failing("POST /apps/{app}/collaborators"):
        assert team.merge(commit)["apply"] not in (0, 3), team.runner.log
    assert len(team.people()) == 1
    assert team.merge(commit) == {"apply": 0}, team.runner.log
    assert team.people() == {"dev@acme.example", "design@acme.example"}
    assert team.merge(commit) == {"apply": 0}, team.runner.log
    assert "already applied" in team.runner.log


def test_a_change_of_no_stack_is_reviewed_and_merged(team: Team) -> None:
    commit = team.commit()
    assert team.propose(commit) == {"check": 0, "review": 0}, team.runner.log
    assert len(team.github.bodies) == 1
    shell = {**team.runner.variables, **team.runner.vars, **team.runner.secrets}
    token, verify = blocks()["A comment that is no longer true"].commands
    assert typed(team.root / "infra", (token.replace("...", TOKEN), verify), shell) == ""
    assert team.merge(commit) == {"apply": 0}, team.runner.log


def test_a_stale_review_is_neither_merged_nor_applied(team: Team) -> None:
    commit = team.commit(prod="  shop:domains: [www.acme.example]\n")
    assert team.propose(commit) == {"check": 0, "review": 0}, team.runner.log
    team.by_hand("PATCH", "/apps/acme-prod/config-vars", GREETING="by hand", API_KEY=PLANTED)
    team.runner.log = ""
    assert team.queue(commit) == {"check": 0, "review": 3}, team.runner.log
    assert "the plan differs from the reviewed plan" in team.runner.log
    assert "configVars.GREETING: hello -> by hand" in team.runner.log
    before = team.main
    assert team.merge(commit) == {"apply": 3}, team.runner.log
    assert team.heroku.get("/apps/acme-prod/domains")[0]["hostname"].startswith("acme-prod")
    team.main = before


def test_a_commit_without_a_pull_request_applies_nothing(team: Team) -> None:
    commit = team.commit(prod="  shop:domains: [www.acme.example]\n")
    assert team.runner.run(Event("push", commit)) == {"apply": 1}
    assert "does not belong to a merged pull request" in team.runner.log


def test_at_night_one_issue_shows_the_difference(team: Team) -> None:
    assert team.night() == {"drift": 1}
    assert "Heroku has no app acme-staging" in team.runner.log
    (issue,) = team.github.open_issues
    assert "GREETING" in issue["body"]
    assert "API_KEY" in issue["body"]
    team.runner.vars = {**team.runner.vars, "DYNOSTACK_STACKS": "prod"}
    team.by_hand("POST", "/apps/acme-prod/collaborators", user="lead@acme.example", silent=True)
    assert team.night() == {"drift": 0}, team.runner.log
    assert [each["number"] for each in team.github.open_issues] == [issue["number"]]
    assert "lead@acme.example" in issue["body"]
    team.by_hand("DELETE", "/apps/acme-prod/collaborators/lead@acme.example")
    team.by_hand("PATCH", "/apps/acme-prod/config-vars", GREETING="hello", API_KEY=None)
    assert team.night() == {"drift": 0}, team.runner.log
    assert team.github.open_issues == []
    assert team.runner.summary.read_text().count("###") == 3


def test_no_secret_was_written_anywhere(team: Team) -> None:
    hidden = {TOKEN, PLANTED, *team.runner.secrets.values()}
    written = [
        team.runner.log,
        team.runner.summary.read_text(),
        *team.github.bodies,
        *(issue["body"] for issue in team.github.issues),
    ]
    assert [text for text in written if any(each in text for each in hidden)] == []
    assert set((team.root / "infra/seen").read_text().split()) == {"False"}


def test_every_shell_of_every_step_ran(team: Team) -> None:
    ran = set(team.runner.steps)
    for name in ACTIONS:
        steps = yaml.safe_load((ROOT / f"actions/{name}/action.yml").read_text())["runs"]["steps"]
        assert {f"{name}: {each['name']}" for each in steps if "run" in each} <= ran
    assert "==> Pulumi 3." in team.runner.log
    assert "PostgreSQL" not in team.runner.log
    assert "pip install --disable-pip-version-check --requirement requirements.txt" in (
        team.runner.installed.read_text()
    )
