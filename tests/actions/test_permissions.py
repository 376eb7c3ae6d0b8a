"""Workflows and actions give permissions, secrets and external text only to whom they should."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynostack.scaffold.github_workflows import ACTIONS
from tests.actions.own_workflows import ROOT, own_workflows

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
OWN_REPOSITORY = (
    "github.event_name == 'merge_group' ||"
    " github.event.pull_request.head.repo.full_name == github.repository"
)
WRITES = {
    ("dynostack-drift.yml", "drift"): {"issues"},
    ("dynostack-review.yml", "review"): {"pull-requests"},
    ("release.yml", "publish"): {"id-token"},
}
"""File and job -> what it may write; all other jobs only read."""


def parsed(file: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(file.read_text())
    assert isinstance(loaded, dict)
    return loaded


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in WORKFLOWS:
        for name, job in parsed(file)["jobs"].items():
            yield file.name, name, job


def action(name: str) -> dict[Any, Any]:
    return parsed(ROOT / f"actions/{name}/action.yml")


def steps() -> Iterator[dict[str, Any]]:
    """Yield the steps of all workflows and actions."""
    for _, _, job in jobs():
        yield from job["steps"]
    for name in ACTIONS:
        yield from action(name)["runs"]["steps"]


def test_all_workflows_and_actions_are_known() -> None:
    teams = [Path(name).name for name in own_workflows()]
    assert [file.name for file in WORKFLOWS] == ["ci.yml", *teams, "release.yml"]
    assert {file.parent.name for file in ROOT.glob("actions/*/action.yml")} == set(ACTIONS)


def test_the_checks_run_with_each_python_that_the_metadata_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    job = parsed(ROOT / ".github/workflows/ci.yml")["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == [*named, "3.14"]
    assert job["steps"][-1]["run"] == ".ci/run"


def test_actions_are_pinned_by_their_commit() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    others = [each for each in used if not each.startswith("$/actions/")]
    assert others
    assert [each for each in others if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each)] == []


def test_one_action_has_one_version() -> None:
    used = {step["uses"] for step in steps() if "@" in step.get("uses", "")}
    assert len({each.partition("@")[0] for each in used}) == len(used)


def test_no_workflow_runs_code_of_forks_with_our_permissions() -> None:
    for file in WORKFLOWS:
        # YAML 1.1 reads the key `on` as true.
        assert "pull_request_target" not in str(parsed(file)[True])


@pytest.mark.parametrize(("file", "name", "job"), list(jobs()))
def test_each_job_lists_its_permissions(file: str, name: str, job: dict[str, Any]) -> None:
    assert parsed(ROOT / ".github/workflows" / file)["permissions"] == {}
    writes = {right for right, access in job["permissions"].items() if access == "write"}
    assert writes == WRITES.get((file, name), set())
    for step in job["steps"]:
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize(("file", "name", "job"), list(jobs()))
def test_a_fork_gets_no_secret(file: str, name: str, job: dict[str, Any]) -> None:
    secret = "secrets." in str(job) or "write" in job["permissions"].values()
    if file == "dynostack-review.yml" and secret:
        assert job["if"] == OWN_REPOSITORY
    assert secret == ("environment" in job)


def test_no_external_text_is_inserted_into_a_script() -> None:
    """Check scripts for expressions: a title or an input could contain shell commands.

    Environment variables are safe.
    """
    scripts = [step["run"] for step in steps() if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_only_single_steps_get_secrets() -> None:
    for file in WORKFLOWS:
        assert "secrets." not in str(parsed(file).get("env"))
    for _, _, job in jobs():
        assert "secrets." not in str(job.get("env"))
    for name in ACTIONS:
        assert "secrets" not in str(action(name)["runs"])


def test_the_token_is_only_where_github_is_called() -> None:
    """A preview runs the program of a pull request, which must not get a token that can write."""
    for name in ACTIONS:
        for step in action(name)["runs"]["steps"]:
            assert ("GITHUB_TOKEN" in step.get("env", {})) == (
                "GITHUB_REPOSITORY" in step.get("run", "")
            )
    review = next(s for s in action("review")["runs"]["steps"] if s.get("id") == "review")
    assert "GITHUB_TOKEN" not in review["env"]
