"""Tests of `dynostack postgres move` with a real engine, site and database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases.stack import MovedStack

pytestmark = pytest.mark.long

SOAK = "DYNOSTACK_SOAK" in os.environ
ROWS = 200_000 if SOAK else 2_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MovedStack]:
    stack = MovedStack.create(tmp_path_factory.mktemp("moves") / "shop", ROWS)
    yield stack
    stack.rehearsal.end()


@pytest.fixture(scope="module")
def contents(stack: MovedStack) -> list[Any]:
    """Return the contents of the database before any move."""
    return stack.contents()


def test_nothing_to_move(stack: MovedStack, contents: list[Any]) -> None:
    assert len(contents[1]) == ROWS
    done = stack.move("--yes")
    assert (done.exit_code, "nothing to move" in done.output) == (3, True)


def test_a_plan_of_the_same_tier_needs_no_move(stack: MovedStack) -> None:
    stack.edit("plan: essential-1", "plan: essential-2")
    done = stack.move("--yes")
    assert done.exit_code == 3
    assert "dynostack review small, then dynostack apply" in done.output
    stack.edit("plan: essential-2", "plan: essential-1")


def test_the_option_edits_the_file(stack: MovedStack) -> None:
    before = stack.written
    done = stack.move("--plan", "standard-0")
    changed = [line.partition("#")[0].rstrip() for line in done.output.splitlines()[3:]]
    assert changed == ["-    plan: essential-1", "+    plan: standard-0"]
    assert stack.written == before


def test_a_plan_that_the_file_cannot_name_leaves_it_as_it_was(stack: MovedStack) -> None:
    text = stack.file.read_text()
    done = stack.move("--version", "9.6")
    assert done.exit_code == 3
    assert "Pulumi.small.yaml:10:14  DS210" in done.output
    assert stack.file.read_text() == text


def test_a_dry_run_changes_nothing(stack: MovedStack) -> None:
    before = stack.written
    done = stack.move("--dry-run")
    assert done.exit_code == 0, done.output
    assert "$9 → $50 a month" in done.output
    assert "about 2 minutes" in done.output
    document = json.loads(stack.move("--dry-run", "--format", "json").output)
    assert (document["old"]["plan"], document["new"]["plan"]) == ("essential-1", "standard-0")
    assert [each["name"] for each in document["steps"] if not each["down"]] == [
        *("create", "back-up"),
        *("state", "file"),
    ]
    assert stack.written == before


def test_nobody_agrees(stack: MovedStack) -> None:
    before = stack.written
    done = stack.move()
    assert done.exit_code == 3, done.output
    assert "Move the database now? There is no terminal to answer on; to" in done.output
    assert stack.written == before


def test_the_move(stack: MovedStack, contents: list[Any]) -> None:
    old = stack.name_of("postgres")
    done = stack.move("--yes")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert "the downtime was" in done.output
    stack.check_moved(contents)
    kept = {"plan": "essential-1", "version": "17", "name": old}
    assert stack.declared["databases"] == {"previous": kept}
    assert stack.declared["plan"] == "standard-0"
    assert "# The comment stays." in stack.file.read_text()
    assert stack.resources["postgres-previous"]["protect"] is True
    assert stack.resources["postgres-previous"]["outputs"]["name"] == old


def test_a_second_move_needs_an_end_of_the_first(stack: MovedStack) -> None:
    stack.edit("plan: standard-0", "plan: essential-2")
    done = stack.move("--yes")
    assert done.exit_code == 3
    assert "dynostack postgres move small --finish" in done.output
    stack.edit("plan: essential-2", "plan: standard-0")


def test_the_way_back_says_what_is_lost(stack: MovedStack, contents: list[Any]) -> None:
    new = stack.name_of("postgres")
    stack.sql("postgres", "INSERT INTO store (name) VALUES ('one'), ('two')")
    done = stack.move("--undo", "--yes")
    assert done.exit_code == 0, done.output
    assert "public.store: 2 rows more" in done.output
    stack.check_moved(contents)
    assert stack.declared["plan"] == "essential-1"
    assert stack.declared["databases"]["previous"]["name"] == new


def test_another_name_destroys_nothing(stack: MovedStack) -> None:
    before = stack.written
    done = stack.move("--finish", "--confirm", "postgres")
    assert (done.exit_code, "nothing was changed" in done.output) == (3, True)
    assert stack.written == before


def test_the_end_destroys_the_database_that_was_left(stack: MovedStack) -> None:
    live, left = stack.name_of("postgres"), stack.name_of("postgres-previous")
    done = stack.move("--finish", "--confirm", left)
    assert done.exit_code == 0, done.output
    names = [each["name"] for each in stack.heroku("GET", f"/apps/{stack.app}/addons")]
    assert names == [live]
    assert "databases" not in stack.declared
    text = stack.file.read_text()
    stack.file.write_text(
        text.replace("    attachments:", f"    databases: {KEPT}\n    attachments:")
    )
    assert stack.move("--finish").exit_code == 0
    assert stack.file.read_text() == text
    assert [*stack.resources] == ["postgres"]
    stack.check_nothing_changes()


def test_the_rehearsal_leaves_everything_as_it_was(stack: MovedStack, contents: list[Any]) -> None:
    stack.begin()
    text, resources = stack.file.read_text(), stack.resources
    done = stack.move("--rehearse", "--plan", "premium-0")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert stack.file.read_text() == text
    assert stack.resources == resources
    assert stack.contents() == contents
    assert stack.move("--undo", "--yes").exit_code == 3


STATE, FILE = "record", "update"
KEPT = "{previous: {plan: essential-0, name: postgres-gone}}"
COPYING = ("create", "back up", "copy", "compare")
"""Lines of the steps that a way back does not have."""
LINES = ("create", "back up", "turn", "copy", "compare", "attach", "start", "wait", STATE, FILE)
PLACES = [(line, seconds) for line in LINES for seconds in (0.05, 0.6)]


@pytest.mark.parametrize(("line", "seconds"), PLACES if SOAK else [("copy", 0.1)], ids=str)
def test_a_killed_move_goes_on(
    stack: MovedStack, contents: list[Any], line: str, seconds: float
) -> None:
    stack.begin()
    stack.killed(line, seconds)
    done = stack.move("--yes")
    # After the last step, there may be nothing left to do.
    assert done.exit_code == 0 or "nothing to move" in done.output
    stack.check_moved(contents)


@pytest.mark.parametrize(("line", "seconds"), PLACES if SOAK else [(FILE, 0.0)], ids=str)
def test_a_move_that_was_killed_elsewhere_goes_on(
    stack: MovedStack, contents: list[Any], line: str, seconds: float
) -> None:
    stack.begin()
    stack.killed(line, seconds)
    stack.forget()
    done = stack.move("--yes")
    if "interrupted on another machine" in done.output:
        assert done.exit_code == 3
        done = stack.move("--yes", "--owner-is-gone")
    # It may have been killed before the first step or after the last one.
    assert done.exit_code == 0 or "nothing to move" in done.output
    stack.check_moved(contents)


def test_a_way_back_elsewhere_that_did_not_reach_the_file_is_completed(
    stack: MovedStack, contents: list[Any]
) -> None:
    stack.begin()
    old = stack.name_of("postgres")
    assert stack.move("--yes").exit_code == 0
    text = stack.file.read_text()
    assert stack.move("--undo", "--yes").exit_code == 0
    stack.file.write_text(text)
    stack.forget()
    assert stack.move("--undo", "--yes").exit_code == 3
    done = stack.move("--undo", "--yes", "--owner-is-gone")
    assert done.exit_code == 0, done.output
    assert stack.name_of("postgres") == old
    stack.check_moved(contents)


if SOAK:

    @pytest.mark.parametrize("line", [line for line in LINES if line not in COPYING])
    def test_a_way_back_that_was_killed_elsewhere_goes_on(
        stack: MovedStack, contents: list[Any], line: str
    ) -> None:
        stack.begin()
        old = stack.name_of("postgres")
        done = stack.move("--yes")
        assert done.exit_code == 0, done.output
        stack.killed(line, 0.05, "--undo")
        stack.forget()
        done = stack.move("--undo", "--yes")
        if "interrupted on another machine, or is still running" in done.output:
            assert done.exit_code == 3
            done = stack.move("--undo", "--yes", "--owner-is-gone")
        assert done.exit_code == 0, done.output
        if f"run afterwards: heroku maintenance:off --app {stack.app}" in done.output:
            stack.heroku("PATCH", f"/apps/{stack.app}", {"maintenance": False})
        if line != FILE:  # after its last step, the way back is complete and goes on to the other
            assert stack.name_of("postgres") == old
        # It waits for the site only if the site was up when it began.
        stack.wait_for_site()
        stack.check_moved(contents)


def test_no_password_is_anywhere(stack: MovedStack) -> None:
    passwords = stack.passwords()
    records = stack.rehearsal.directory.glob(".dynostack/moves/*/*")
    written = [*stack.said, *(file.read_text() for file in records), stack.file.read_text()]
    assert passwords
    assert not [password for password in passwords for text in written if password in text]
