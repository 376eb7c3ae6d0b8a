"""actionlint and zizmor find nothing in our workflows and actions, and in those of a team."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.scaffold.github_workflows import ACTIONS, BACKEND, REPOSITORY
from tests.actions.linters import actionlint, zizmor
from tests.actions.own_workflows import ROOT, own_workflows
from tests.scaffold.repositories import DEPLOYABLE, write


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small Django project with the files of `dynostack new --github`."""
    root = write(tmp_path / "blog", DEPLOYABLE)
    monkeypatch.chdir(root)
    done = CliRunner().invoke(commands, ["new", "--github"])
    assert done.exit_code == 0, done.output
    return root


def test_this_repository() -> None:
    assert actionlint(ROOT) == ""
    assert zizmor(ROOT, ".github", "actions") == ""


def test_the_repository_of_a_team(repository: Path) -> None:
    assert actionlint(repository) == ""
    assert zizmor(repository, ".github") == ""


def test_the_linters_see_mistakes(repository: Path) -> None:
    file = repository / ".github/workflows/dynostack-drift.yml"
    text = file.read_text()
    file.write_text(text.replace("schedule:", "scheduled:"))
    assert 'unknown Webhook event "scheduled"' in actionlint(repository)
    file.write_text(text.replace("persist-credentials: false", "fetch-depth: 1"))
    assert "[artipacked]" in zizmor(repository, ".github")


def test_our_own_workflows_are_those_of_a_team() -> None:
    """`python -m tests.actions.own_workflows` writes them."""
    for name, text in own_workflows().items():
        assert (ROOT / name).read_text() == text, name


def test_workflows_give_actions_only_inputs_that_they_have(repository: Path) -> None:
    """Neither linter knows the inputs of our actions."""
    used = set()
    for file in (repository / ".github/workflows").iterdir():
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            for step in job["steps"]:
                if not step.get("uses", "").startswith(REPOSITORY):
                    continue
                name = step["uses"].partition("@")[0].rpartition("/")[2]
                inputs = yaml.safe_load((ROOT / f"actions/{name}/action.yml").read_text())["inputs"]
                required = {each for each, about in inputs.items() if about.get("required")}
                assert required <= set(step["with"]) <= set(inputs)
                assert set(step.get("env", {})) == (
                    set() if name == "setup" else {"HEROKU_API_KEY", *BACKEND}
                )
                used.add(name)
    assert used == set(ACTIONS)
