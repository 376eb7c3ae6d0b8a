"""Tests that the README has every command, and that a test runs each of its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dynostack.cli.commands import commands
from tests.readme import README, blocks, inline

PROJECT = Path(__file__).parents[1]
TESTS = PROJECT / "tests"
RUN_IN_BLOCKS = {
    "Start": "a target of make: see the Makefile, and tests/e2e/test_1_up.py for `dynostack up`",
    "The local world": "tests/e2e/test_3_readme.py",
    "Rehearsing production": "tests/e2e/test_3_readme.py",
    "The Heroku CLI": "tests/e2e/test_3_readme.py",
    "As somebody else": "tests/e2e/test_3_readme.py",
    "Secrets": "tests/e2e/test_3_readme.py",
    "Your own Django project": "tests/scaffold/test_project.py",
    "The real Heroku": "tests/e2e/test_3_readme.py",
    "The real Heroku (2)": "tests/e2e/test_3_readme.py",
    "On the pull request": "tests/e2e/test_3_readme.py",
    "Git push": "tests/e2e/test_2_push.py",
    "Faults": "tests/e2e/test_3_readme.py",
}
"""Console block -> the test that runs its commands, or why there is none."""
RUN_IN_PROSE = {
    "dynostack review prod --format md": "tests/e2e/test_3_readme.py",
    "heroku pipelines:diff": "tests/heroku_cli/test_pipelines.py",
    "pulumi cancel --stack local --yes": "tests/review/test_apply.py",
    "pulumi login": "not run: it asks for an account of Pulumi's service",
    "pulumi preview": "tests/e2e/test_2_change.py",
    "pulumi up": "tests/e2e/test_2_change.py",
    'pulumi up --policy-pack "$(dynostack policies)"': "tests/policies/test_pack.py",
}
"""Command in the prose -> the test that runs it, or why there is none."""


def paths(group: click.Group, prefix: str = "dynostack") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from paths(command, path)
        else:
            yield path


@pytest.mark.parametrize("path", list(paths(commands)))
def test_every_command_is_in_the_readme(path: str) -> None:
    assert f"`{path}" in README


def test_every_make_target_is_in_the_readme() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 5
    assert [target for target in targets if f"`make {target}`" not in README] == []


def test_every_console_block_is_run() -> None:
    assert blocks().keys() == RUN_IN_BLOCKS.keys()
    for title, where in RUN_IN_BLOCKS.items():
        if where.startswith("tests/e2e"):
            assert f'["{title}"]' in (PROJECT / where).read_text()


def test_every_command_of_the_prose_is_run() -> None:
    """Check the commands, except synopses such as `dynostack plans [SERVICE]`."""
    usages = set(paths(commands))
    named = {each for each in inline() if _plain(each) not in usages and not _is_target(each)}
    assert named == RUN_IN_PROSE.keys()
    for command, where in RUN_IN_PROSE.items():
        if where.startswith("tests/"):
            assert command.split()[1] in (PROJECT / where).read_text()


def _plain(usage: str) -> str:
    """Return a command without its placeholders."""
    return re.sub(r" [A-Z[-].*", "", usage)


def _is_target(command: str) -> bool:
    return command.startswith("make ")


@pytest.mark.parametrize("path", list(paths(commands)))
def test_every_command_is_run_by_a_test(path: str) -> None:
    tests = "\n".join(file.read_text() for file in TESTS.rglob("test_*.py"))
    _, *words = path.split()
    gap = r'"?,?\s*"?'
    whole = rf'["\s]{gap.join(words)}["\s]'
    # tests/cli/test_local_control.py has a function that adds `dynostack local`.
    of_local = rf'(?:run|told)\(\s*"{gap.join(words[1:])}["\s]'
    assert re.search(whole, tests) or re.search(of_local, tests)
