"""A Heroku that breaks in the middle: what it did stays known, and the next `up` is enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.rehearsal import Rehearsal

pytestmark = pytest.mark.e2e


@pytest.fixture
def breakable(edited: Rehearsal) -> Iterator[Rehearsal]:
    """The world that is up, brought back to that by a snapshot."""
    assert edited.dynostack("local", "snapshot", "before").exit_code == 0
    yield edited
    assert edited.dynostack("local", "fault", "clear").exit_code == 0
    restored = edited.dynostack("local", "restore", "before")
    assert restored.exit_code == 0, restored.output


def fault(world: Rehearsal, *arguments: str) -> None:
    done = world.dynostack("local", "fault", *arguments)
    assert done.exit_code == 0, done.output


def struck(world: Rehearsal) -> list[int]:
    listed = world.dynostack("local", "fault", "list", "--format", "json")
    return [each["struck"] for each in json.loads(listed.output)]


def declare_more(world: Rehearsal) -> None:
    world.edit(
        "Pulumi.local.yaml",
        "  shop:collaborators:\n",
        "    metrics: {plan: 'bugsnag:tauron'}\n"
        "  shop:collaborators:\n    - email: new@acme.example\n",
    )


def present(world: Rehearsal, site: str) -> tuple[list[Any], list[Any]]:
    addons = world.heroku(f"/apps/{site}/addons")
    people = world.heroku(f"/apps/{site}/collaborators")
    return (
        sorted(addon["addon_service"]["name"] for addon in addons),
        sorted(person["user"]["email"] for person in people),
    )


def test_answers_that_are_lost_after_the_change_leave_no_second_thing(
    breakable: Rehearsal, site: str
) -> None:
    services, people = present(breakable, site)
    declare_more(breakable)
    client = ("--client", "dynostack-provider")
    fault(breakable, "add", "reset-after", "--method", "POST", *client)

    broken = breakable.pulumi("up", "-s", "local", "--yes")
    assert struck(breakable) == [2], broken.output

    fault(breakable, "clear")
    done = breakable.pulumi("up", "-s", "local", "--yes")
    assert done.exit_code == 0, done.output
    assert breakable.pulumi("preview", "-s", "local", "--expect-no-changes").exit_code == 0
    assert present(breakable, site) == (
        sorted([*services, "bugsnag"]),
        sorted([*people, "new@acme.example"]),
    )


def test_an_add_on_that_fails_is_ordered_anew(breakable: Rehearsal, site: str) -> None:
    services, _ = present(breakable, site)
    declare_more(breakable)
    fault(breakable, "add", "failed", "--route", "POST /apps/{app}/addons")

    broken = breakable.pulumi("up", "-s", "local", "--yes")
    assert broken.exit_code != 0
    assert "could not provision the add-on" in broken.output

    fault(breakable, "clear")
    done = breakable.pulumi("up", "-s", "local", "--yes")
    assert done.exit_code == 0, done.output
    assert present(breakable, site)[0] == sorted([*services, "bugsnag"])
