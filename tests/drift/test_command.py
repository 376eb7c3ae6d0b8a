"""The commands that report, accept, revert and ignore changes made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adopt.world import Adopting
from tests.drift.kinds import APP, KINDS, lasting, make
from tests.e2e.rehearsal import Done

pytestmark = pytest.mark.e2e

ADMIN = "ops@acme.example has access as admin of the team acme"
MADE = (
    "config var added",
    "more dynos",
    "database added",
    "collaborator added",
    "feature turned off",
    "drain with a password added",
    "maintenance mode",
)
"""The kinds of changes that the app has from here on."""


def command(world: Adopting, *arguments: str) -> Done:
    return world.shell(*world.program, "drift", *arguments)


def drift(world: Adopting) -> dict[str, Any]:
    done = command(world, APP, "--format", "json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output[done.output.index("{") :]))


def items(world: Adopting) -> set[str]:
    return {each["item"] for each in drift(world)["differences"]}


def test_an_adopted_app_has_none(world: Adopting) -> None:
    found = drift(world)
    assert found["differences"] == []
    assert [each["says"] for each in found["unsaid"]] == [ADMIN]
    assert found["ignored"] == 0


def test_changes_are_told_with_price_time_and_person(world: Adopting) -> None:
    make(world, [each for each in KINDS if each.name in MADE])
    found = {each["item"]: each for each in drift(world)["differences"]}
    assert found["app.configVars.NEW_FLAG"]["by"] == "ops@acme.example"
    assert found["formation.web"]["by"] == "unknown"
    assert found["collaborators.mallory@evil.example"]["since"]
    done = command(world, APP, "--exit-code")
    assert done.exit_code == 2
    assert "old-shop: 6 differences from old-shop\n" in done.output
    assert "(heroku-postgresql:premium-0, $200 a month)" in done.output
    assert "  maintenance mode is on  [maintenance]\n" in done.output
    assert "planted" not in done.output


def test_an_unknown_stack(world: Adopting) -> None:
    done = command(world, "show", "no-such")
    assert done.exit_code != 0
    assert "Traceback" not in done.output


@pytest.mark.parametrize("verb", ["accept", "ignore", "revert"])
def test_an_item_that_is_no_difference(world: Adopting, verb: str) -> None:
    done = command(world, verb, APP, "domains.no.example", "--yes")
    assert done.exit_code == 1
    assert "there is no difference domains.no.example; the differences are: " in done.output


@pytest.mark.parametrize(
    ("verb", "item"),
    [
        ("accept", "features"),
        ("ignore", "drains"),
        ("revert", "drains"),
        ("revert", "formation.web"),
    ],
)
def test_nothing_changes_without_a_yes(world: Adopting, verb: str, item: str) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before, text = len(world.writes()), file.read_bytes()
    done = command(world, verb, APP, item)
    assert done.exit_code == 1
    assert "not confirmed, so nothing was changed" in done.output
    assert (len(world.writes()), file.read_bytes()) == (before, text)


def test_a_database_is_destroyed_only_by_its_name(world: Adopting) -> None:
    before = len(world.writes())
    done = command(world, "revert", APP, "--yes")
    assert done.exit_code == 3
    assert "refused: rogue-db would be destroyed with all data" in done.output
    assert "add --allow-data-loss rogue-db" in done.output
    assert len(world.writes()) == before


def test_what_the_file_says_is_not_ignored(world: Adopting) -> None:
    done = command(world, "ignore", APP, "formation.web", "--yes")
    assert done.exit_code == 1
    assert "formation.web is changed, not added: the file says it" in done.output


def test_what_is_managed_elsewhere_is_only_counted(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before = len(world.writes())
    for item in ("maintenance", "collaborators.mallory@evil.example"):
        done = command(world, "ignore", APP, item, "--yes")
        assert done.exit_code == 0, done.output
        assert item in done.output
    assert len(world.writes()) == before
    assert "elsewhere: [maintenance, collaborators.mallory@evil.example]" in file.read_text()
    found = drift(world)
    assert found["ignored"] == 2
    assert "mallory" not in json.dumps(found)
    assert "managed elsewhere, as the file says: 2\n" in command(world, APP).output


def test_one_changed_item_is_reverted_alone(world: Adopting) -> None:
    before = lasting(world.there(APP))
    done = command(world, "revert", APP, "formation.web", "--yes")
    assert done.exit_code == 0, done.output
    after = lasting(world.there(APP))
    assert after["formation"]["web"].quantity == 1
    assert {**after, "formation": before["formation"]} == before


def test_one_item_is_accepted(world: Adopting) -> None:
    left = items(world)
    done = command(world, "accept", APP, "features", "--yes")
    assert done.exit_code == 0, done.output
    assert "+    http-session-affinity: false" in done.output
    assert left - items(world) == {"features.http-session-affinity"}


def test_comments_of_the_file_stay(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    file.write_text(file.read_text().replace("  shop:domains:\n", "  shop:domains:  # ours\n"))
    before, there = len(world.writes()), world.there(APP)
    done = command(world, "accept", APP, "--yes")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert items(world) == set()
    assert (len(world.writes()), world.there(APP)) == (before, there)
    assert "  shop:domains:  # ours\n" in file.read_text()
    assert command(world, "revert", APP, "--yes").output.endswith("nothing to undo\n")
