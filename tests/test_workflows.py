"""Tests that the workflows run existing commands and give secrets only to trusted code."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from dynostack.cli.commands import commands, subcommands
from tests.test_makefile import targets

FOLDER = Path(__file__).parents[1] / ".github/workflows"
FILES = sorted(FOLDER.glob("*.yml"))
OWN_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"


def workflow(file: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(file.read_text())
    assert isinstance(loaded, dict)
    return loaded


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in FILES:
        for name, job in workflow(file)["jobs"].items():
            yield file.name, name, job


def steps() -> Iterator[dict[str, Any]]:
    for _, _, job in jobs():
        yield from job["steps"]


def scripts() -> Iterator[str]:
    for step in steps():
        if "run" in step:
            yield step["run"].replace("\\\n", " ")


def lines(program: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of a program, without redirections and pipes."""
    for script in scripts():
        for found in re.finditer(rf"(?:^|\s){re.escape(program)} ([^\n|>]*)", script):
            yield shlex.split(re.sub(r"\$\(.*?\)(?=\"|\s|$)", "x", found[1]))


def test_all_workflows_are_known() -> None:
    names = [file.name for file in FILES]
    assert names == ["apply.yml", "drift.yml", "review.yml", "test.yml"]


def test_the_checks_run_with_each_python_that_the_metadata_names() -> None:
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    job = workflow(FOLDER / "test.yml")["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == [*named, "3.14"]
    assert job["steps"][-1]["run"] == ".ci/run"


def test_actions_are_pinned_by_their_commit() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each)] == []


def test_no_workflow_runs_code_of_forks_with_our_permissions() -> None:
    for file in FILES:
        # YAML 1.1 reads the key `on` as true.
        assert "pull_request_target" not in str(workflow(file)[True])


@pytest.mark.parametrize(("file", "name", "job"), list(jobs()))
def test_each_job_lists_its_permissions(file: str, name: str, job: dict[str, Any]) -> None:
    assert workflow(FOLDER / file)["permissions"] == {}
    assert job["permissions"]["contents"] == "read"
    writes = {right for right, access in job["permissions"].items() if access == "write"}
    assert writes == ({"pull-requests"} if (file, name) == ("review.yml", "comment") else set())
    checkout = next(step for step in job["steps"] if "checkout" in step.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize(("file", "name", "job"), list(jobs()))
def test_a_fork_gets_no_secret(file: str, name: str, job: dict[str, Any]) -> None:
    secret = "secrets." in str(job) or "github.token" in str(job)
    if file == "review.yml" and secret:
        assert job["if"] == OWN_REPOSITORY
    assert secret == ("environment" in job)


def test_no_external_text_is_inserted_into_a_script() -> None:
    """Check scripts for expressions: a title or an input could contain shell commands.

    Environment variables are safe.
    """
    assert [script for script in scripts() if "${{" in script] == []


def test_only_single_steps_get_secrets() -> None:
    for file in FILES:
        assert "secrets." not in str(workflow(file).get("env"))
    for _, _, job in jobs():
        assert "secrets." not in str(job.get("env"))


def test_every_command_exists() -> None:
    called = list(lines(".venv/bin/dynostack"))
    assert {arguments[0] for arguments in called} == {
        "apply",
        "check",
        "comment",
        "recover",
        "review",
        "reviewed",
    }
    for name, *arguments in called:
        # "$REQUEST" and "$@" stand for a number and for options.
        written = ["7" if each == "$REQUEST" else each for each in arguments if each != "$@"]
        written = ["7" if each == "$request" else each for each in written]
        written = written[: written.index("||")] if "||" in written else written
        command = subcommands(commands)[name]
        command.make_context(name, written, resilient_parsing=False, obj=None)
        assert isinstance(command, click.Command)


def test_every_make_target_exists() -> None:
    named = {arguments[0] for arguments in lines("make")}
    assert named - {".venv/ready"} <= targets()


def test_apply_uses_the_digest_in_the_comment() -> None:
    reviewed, applied = workflow(FOLDER / "apply.yml")["jobs"]["apply"]["steps"][-2:]
    assert '> "digest-$stack.txt"' in reviewed["run"]
    assert '--reviewed "$(cat "digest-$stack.txt")"' in applied["run"]
