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
    """Return the world that is up; a snapshot restores it afterwards."""
    assert edited.dynostack("local", "snapshot", "before").exit_code == 0
    yield edited
    restored = edited.dynostack("local", "restore", "before")
    assert restored.exit_code == 0, restored.output


def fault(world: Rehearsal, *arguments: str) -> Any:
    done = world.dynostack("local", "fault", *arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def present(world: Rehearsal, site: str) -> list[str]:
    addons = world.heroku(f"/apps/{site}/addons")
    people = world.heroku(f"/apps/{site}/collaborators")
    return sorted(
        [
            *(addon["plan"]["name"] for addon in addons),
            *(person["user"]["email"] for person in people),
        ]
    )


@pytest.mark.long
def test_an_update_that_broke_is_finished_by_the_next(breakable: Rehearsal, site: str) -> None:
    before = present(breakable, site)
    breakable.edit(
        "Pulumi.local.yaml",
        "  shop:collaborators:\n",
        "    metrics: {plan: 'bugsnag:tauron', unlisted: true}\n"
        "    errors: {plan: 'rollbar:free', unlisted: true}\n"
        "  shop:collaborators:\n    - email: new@acme.example\n",
    )
    to_addons = ("--route", "POST /apps/{app}/addons", "--count", "1")
    fault(breakable, "add", "reset-after", "--route", "POST /apps/{app}/collaborators")
    fault(breakable, "add", "failed", *to_addons)
    fault(breakable, "add", "reset-after", *to_addons, "--call", "2")

    broken = breakable.pulumi("up", "-s", "local", "--yes", "--continue-on-error")

    assert [each["struck"] for each in fault(breakable, "clear")] == [1, 1, 1], broken.output
    assert broken.exit_code != 0
    assert "could not provision the add-on" in broken.output
    done = breakable.pulumi("up", "-s", "local", "--yes")
    assert done.exit_code == 0, done.output
    assert breakable.pulumi("preview", "-s", "local", "--expect-no-changes").exit_code == 0
    more = ["bugsnag:tauron", "rollbar:free", "new@acme.example"]
    assert present(breakable, site) == sorted([*before, *more])
