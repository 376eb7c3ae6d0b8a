"""A pull request from review to apply: the workflows' own scripts with the real engine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from dynostack.comment.body import OUTDATED
from tests import warm
from tests.comment.conftest import variables
from tests.comment.service import TOKEN, GitHubService, running
from tests.e2e.rehearsal import Rehearsal

pytestmark = pytest.mark.e2e

WORKFLOWS = Path(__file__).parents[2] / ".github/workflows"
STACK = "calm"
PLANTED = "correct-horse-battery"
FILE = f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-calm
    region: us
    stack: heroku-24
    configVars: {{ GREETING: {PLANTED} }}
  shop:postgres: {{ plan: essential-0 }}
"""


@dataclass
class PulumiProcess:
    """Runs steps of the workflows as GitHub's runner does, with a local Heroku."""

    rehearsal: Rehearsal
    service: GitHubService
    transcript: str = ""

    def step(self, workflow: str, job: str, name: str) -> int:
        steps = yaml.safe_load((WORKFLOWS / workflow).read_text())["jobs"][job]["steps"]
        script = next(step["run"] for step in steps if step.get("name") == name)
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.rehearsal.directory,
            env={**os.environ, **self.rehearsal.world.variables(), **self.variables()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.transcript += done.stdout
        return done.returncode

    def variables(self) -> dict[str, str]:
        files = {
            name: str(self.rehearsal.directory.parent / name.lower())
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        given = {"GITHUB_REPOSITORY": "acme/shop", "REQUEST": "7", "STACKS": STACK, "DATA_LOSS": ""}
        return {**variables(self.service), **files, **given}

    def review(self) -> None:
        for name in ("Review", "Comment"):
            assert self.step("review.yml", "comment", name) == 0, self.transcript

    def apply(self) -> int:
        reviewed = self.step("apply.yml", "apply", "Get the reviewed digests")
        return reviewed or self.step("apply.yml", "apply", "Apply")

    def output(self, name: str) -> str:
        file = self.rehearsal.directory.parent / name.lower()
        return file.read_text() if file.exists() else ""


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulumiProcess]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("request") / "shop", warm=True)
    (rehearsal.directory / f"Pulumi.{STACK}.yaml").write_text(FILE)
    venv = rehearsal.directory / ".venv"
    venv.unlink()
    venv.symlink_to(warm.dynostack().parents[1])
    for command in (["toolchain"], ["local", "start"]):
        assert rehearsal.dynostack(*command).exit_code == 0, rehearsal.transcript
    rehearsal.pulumi("stack", "init", STACK, "--no-select")
    with running(GitHubService()) as service:
        assert isinstance(service, GitHubService)
        yield PulumiProcess(rehearsal, service)
    rehearsal.end()


def plans(runner: PulumiProcess) -> list[str]:
    if not runner.rehearsal.heroku("/apps"):
        return []
    return [each["plan"]["name"] for each in runner.rehearsal.heroku("/apps/acme-calm/addons")]


def test_what_the_comment_shows_is_applied(runner: PulumiProcess) -> None:
    runner.review()
    assert len(runner.service.bodies) == 1
    assert plans(runner) == []
    assert runner.apply() == 0, runner.transcript
    assert plans(runner) == ["heroku-postgresql:essential-0"]


def test_a_later_edit_is_not_applied(runner: PulumiProcess) -> None:
    runner.rehearsal.edit(f"Pulumi.{STACK}.yaml", "essential-0", "essential-1")
    runner.review()
    runner.rehearsal.edit(f"Pulumi.{STACK}.yaml", "essential-1", "essential-2")
    assert runner.apply() == 3
    assert plans(runner) == ["heroku-postgresql:essential-0"]


def test_an_outdated_review_is_not_applied(runner: PulumiProcess) -> None:
    name = "Mark the reviews of older commits as outdated"
    assert runner.step("review.yml", "comment", name) == 0
    assert OUTDATED in runner.service.bodies[0]
    assert runner.apply() == 1
    assert plans(runner) == ["heroku-postgresql:essential-0"]


def test_at_night_the_difference_is_shown(runner: PulumiProcess) -> None:
    assert runner.step("drift.yml", "drift", "Compare") == 2
    assert "essential-2" in runner.output("GITHUB_STEP_SUMMARY")


def test_no_secret_was_written_anywhere(runner: PulumiProcess) -> None:
    key = runner.rehearsal.world.api_key_file.read_text()
    reviews = [file.read_text() for file in runner.rehearsal.directory.glob("review-*.json")]
    assert reviews
    written = [*runner.service.bodies, *reviews, runner.transcript]
    for text in (*written, runner.output("GITHUB_STEP_SUMMARY")):
        assert not [secret for secret in (TOKEN, key, PLANTED) if secret in text]
