"""The pages name every command, and a test runs every command that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from dynostack.cli import commands_page
from dynostack.cli.commands import commands, subcommands
from tests.pages import ALL, blocks, inline

PROJECT = Path(__file__).parents[1]
TESTS = PROJECT / "tests"
RUN_IN_BLOCKS = {
    "Install": "a target of make: see the Makefile, and tests/e2e/test_1_up.py for `dynostack up`",
    "Quickstart": "tests/e2e/test_3_pages.py",
    "Rehearsing production": "tests/e2e/test_3_pages.py",
    "The Heroku CLI": "tests/e2e/test_3_pages.py",
    "Another account": "tests/e2e/test_3_pages.py",
    "Secrets": "tests/e2e/test_3_pages.py",
    "Your own Django project": "tests/wheel/test_own_project.py",
    "Install (2)": "tests/wheel/test_own_project.py",
    "Your first review": "tests/wheel/test_own_project.py",
    "Your first review (2)": "tests/wheel/test_own_project.py",
    "Your first review (3)": "tests/wheel/test_own_project.py",
    "The second developer": "tests/wheel/test_own_project.py",
    "The second developer (2)": "tests/wheel/test_own_project.py",
    "The real Heroku": "tests/e2e/test_3_pages.py",
    "Create a stack": "tests/e2e/test_3_pages.py",
    "Move to another backend": "tests/adopt/test_page.py",
    "Changing a database's tier or version": "tests/databases/test_move.py",
    "Changing a database's tier or version (2)": "tests/databases/test_move.py",
    "One app": "tests/adopt/test_page.py",
    "One app (2)": "tests/adopt/test_page.py",
    "One app (3)": "tests/adopt/test_page.py",
    "Many apps": "tests/adopt/test_page.py",
    "Changes by hand": "tests/adopt/test_page.py",
    "After a crash": "tests/recover/test_command.py",
    "A lock of another machine": "tests/recover/test_command.py",
    "Billed and in no state": "tests/recover/test_command.py",
    "On the pull request": "tests/e2e/test_3_pages.py",
    "Several stacks": "tests/fleet/test_review.py",
    "On GitHub": "tests/actions/test_team.py",
    "A comment that is no longer true": "tests/actions/test_team.py",
    "Git push": "tests/e2e/test_2_push.py",
    "Faults": "tests/e2e/test_3_pages.py",
}
"""Console block -> the test that runs its commands, or why there is none.

A block that needs more than a test has, such as the real Heroku, says so in its first line instead.
"""
RUN_IN_PROSE = {
    "dynostack django settings local": "tests/scaffold/test_django_settings.py",
    "dynostack drift": "tests/drift/test_command.py",
    "dynostack local settings old_versions=true": "tests/cli/test_local_control.py",
    "dynostack secret set local NAME": "tests/wheel/test_own_project.py",
    "git push": "tests/e2e/test_2_push.py",
    "heroku authorizations:create": "tests/heroku_cli/test_auth.py",
    "heroku login": "not run: it opens a browser",
    "heroku pipelines:diff": "tests/heroku_cli/test_pipelines.py",
    "pulumi login": "not run: it asks for an account of Pulumi's service",
    "pulumi preview": "tests/e2e/test_2_change.py",
    "pulumi refresh": "tests/engine/test_source.py",
    "pulumi stack init prod": "tests/adopt/test_page.py",
    "pulumi up": "tests/e2e/test_2_change.py",
    "pulumi up --policy-pack policies": "not run: it is the former command of a table",
    'pulumi up --policy-pack "$(dynostack policies)"': "tests/policies/test_pack.py",
}
"""Command in the prose -> the test that runs it, or why there is none."""


def paths(group: click.Group, prefix: str = "dynostack") -> Iterator[str]:
    for name, command in subcommands(group).items():
        path = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from paths(command, path)
        else:
            yield path


def test_the_page_of_the_commands_is_up_to_date() -> None:
    text = (PROJECT / commands_page.PAGE).read_text(encoding="utf-8")
    assert text == commands_page.page(), "run `make docs`"
    assert [path for path in paths(commands) if f"\n## {path}\n" not in text] == []


def test_the_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize("page", ALL)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    text = (PROJECT / page).read_text()
    for target in re.findall(r"\]\((?!https://)([^)]+)\)|src=\"([^\"]+)\"", text):
        path, _, heading = "".join(target).partition("#")
        if page.startswith("docs/"):
            assert "/" not in path or path.startswith("images/"), f"{target} is not on the site"
        file = (PROJECT / page).parent / path if path else PROJECT / page
        assert file.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert heading in map(_anchor, headings)


@pytest.mark.parametrize("page", ALL)
def test_lists_and_tables_begin_after_an_empty_line(page: str) -> None:
    """GitHub shows them anyway; the site takes them for a part of the paragraph."""
    text = re.sub(r"^```.*?^```", "", (PROJECT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    part = re.compile(r"- |\d+\. |\|")
    lines = text.splitlines()
    begun = [
        line
        for before, line in pairwise(lines)
        if part.match(line) and before and not before.startswith(" ") and not part.match(before)
    ]
    assert not begun


def _anchor(heading: str) -> str:
    """Return the anchor that both GitHub and the site give to a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_console_block_is_run_or_says_what_it_needs() -> None:
    assert {title for title, block in blocks().items() if not block.needs} == RUN_IN_BLOCKS.keys()
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
