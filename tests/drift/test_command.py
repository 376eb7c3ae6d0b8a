"""The commands that report, accept, revert and ignore changes made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynostack.review.render import json as as_json
from dynostack.review.render import labels, text
from tests.adopt.world import Adopting
from tests.drift.kinds import APP, KINDS, lasting, make
from tests.e2e.rehearsal import Done

pytestmark = [pytest.mark.e2e, pytest.mark.long]

ADMIN = "ops@acme.example has access as admin of the team acme"
ADDED = (
    "secret config var added",
    "database added",
    "collaborator added",
    "drain with a password added",
    "maintenance mode",
)
CHANGED = ("more dynos", "feature turned off", "database attached again")
"""The kinds of changes that are made, in this order."""


def command(world: Adopting, *arguments: str) -> Done:
    return world.shell(*world.program, *arguments)


def drift(world: Adopting) -> dict[str, Any]:
    done = command(world, "drift", APP, "--format", "json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output[done.output.index("{") :]))


def items(world: Adopting) -> set[str]:
    return {each["item"] for each in drift(world)["differences"]}


def test_an_adopted_app_has_none(world: Adopting) -> None:
    found = drift(world)
    assert found["differences"] == []
    assert [each["says"] for each in found["unsaid"]] == [ADMIN]
    assert found["ignored"] == 0


def review(world: Adopting) -> tuple[dict[str, Any], str]:
    """Return a review as data, and as text."""
    file = world.directory / "review.json"
    done = world.shell(*world.program, "review", APP, "--format", "json", "--out", str(file))
    assert done.exit_code == 0, done.output
    parsed = as_json.parse(file.read_text())
    return dict(json.loads(file.read_text())), text.render(parsed)


def test_a_review_shows_what_was_added_and_its_digest_does_not_cover_it(world: Adopting) -> None:
    before, rendered = review(world)
    assert before["additions"] == []
    assert labels.ADDITIONS not in rendered
    make(world, [each for each in KINDS if each.name in ADDED])
    after, rendered = review(world)
    assert after["digest"] == before["digest"]
    added = {each["item"]: each for each in after["additions"]}
    assert added.keys() == {
        "addons.rogue-db",
        "app.configVars.NEW_TOKEN",
        "collaborators.mallory@evil.example",
        "drains.evil-example",
        "maintenance",
    }
    assert added["app.configVars.NEW_TOKEN"]["by"] == "ops@acme.example"
    assert f"{APP}: nothing changes" in rendered
    assert "(heroku-postgresql:premium-0, $200 a month)" in rendered
    assert "mallory@evil.example has view and manage since 20" in rendered
    assert f"to undo it: dynostack drift revert {APP}" in rendered
    assert "planted" not in rendered


def test_a_review_names_what_it_may_not_read(world: Adopting) -> None:
    fault = {"kind": "error", "route": "GET /apps/{app}/webhooks", "options": {"status": 403}}
    world.server.control("POST", "/faults", fault)
    found, rendered = review(world)
    told = command(world, "drift", APP)
    world.server.control("DELETE", "/faults")
    assert found["unread"] == ["webhooks"]
    assert "the webhooks could not be read" in told.output, told.output
    assert "add-on rogue-db" in told.output
    assert "the API key has no access to: webhooks" in rendered
    assert "rogue-db" in rendered


def test_changes_are_told_with_price_time_and_person(world: Adopting) -> None:
    make(world, [each for each in KINDS if each.name in CHANGED])
    found = {each["item"]: each for each in drift(world)["differences"]}
    assert found["app.configVars.NEW_TOKEN"]["by"] == "ops@acme.example"
    assert found["formation.web"]["by"] == "unknown"
    assert found["collaborators.mallory@evil.example"]["since"]
    done = command(world, "drift", APP, "--exit-code")
    assert done.exit_code == 2
    assert "old-shop: 7 differences from old-shop\n" in done.output
    assert "(heroku-postgresql:premium-0, $200 a month)" in done.output
    assert "  maintenance mode is on  [maintenance]\n" in done.output
    assert "planted" not in done.output


def test_an_unknown_stack(world: Adopting) -> None:
    done = command(world, "drift", "show", "no-such")
    assert done.exit_code == 1
    assert "the Pulumi backend has no stack no-such" in done.output


def test_an_item_that_is_no_difference(world: Adopting) -> None:
    done = command(world, "drift", "revert", APP, "domains.no.example", "--yes")
    assert done.exit_code == 1
    assert "there is no difference domains.no.example; the differences are: " in done.output


@pytest.mark.parametrize(
    ("verb", "item"),
    [("accept", "features"), ("ignore", "drains"), ("revert", "formation.web")],
)
def test_nothing_changes_without_a_yes(world: Adopting, verb: str, item: str) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before, content = len(world.writes()), file.read_bytes()
    done = command(world, "drift", verb, APP, item)
    assert done.exit_code == 1
    assert "not confirmed, so nothing was changed" in done.output
    assert (len(world.writes()), file.read_bytes()) == (before, content)


def test_a_database_is_destroyed_only_by_its_name(world: Adopting) -> None:
    before = len(world.writes())
    done = command(world, "drift", "revert", APP, "--yes")
    assert done.exit_code == 3
    assert "refused: rogue-db would be destroyed with all data" in done.output
    assert "add --allow-data-loss rogue-db" in done.output
    assert len(world.writes()) == before


def test_what_the_file_says_is_not_ignored(world: Adopting) -> None:
    done = command(world, "drift", "ignore", APP, "formation.web", "--yes")
    assert done.exit_code == 1
    assert "formation.web is changed, not added: the file says it" in done.output


def test_what_is_managed_elsewhere_is_only_counted(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before = len(world.writes())
    for item in ("maintenance", "collaborators.mallory@evil.example"):
        done = command(world, "drift", "ignore", APP, item, "--yes")
        assert done.exit_code == 0, done.output
        assert item in done.output
    assert len(world.writes()) == before
    assert "elsewhere: [maintenance, collaborators.mallory@evil.example]" in file.read_text()
    found = drift(world)
    assert found["ignored"] == 2
    assert "mallory" not in json.dumps(found)
    assert "managed elsewhere, as the file says: 2\n" in command(world, "drift", APP).output
    shown, rendered = review(world)
    assert shown["elsewhere"] == 2
    assert "postgres.attachments.COPY" in {each["item"] for each in shown["additions"]}
    assert "mallory" not in rendered
    assert "managed elsewhere, as the file says: 2\n" in rendered


def test_one_changed_item_is_reverted_alone(world: Adopting) -> None:
    before = lasting(world.there(APP))
    done = command(world, "drift", "revert", APP, "formation.web", "--yes")
    assert done.exit_code == 0, done.output
    after = lasting(world.there(APP))
    assert after["formation"]["web"].quantity == 1
    assert {**after, "formation": before["formation"]} == before


def test_one_item_is_accepted(world: Adopting) -> None:
    left = items(world)
    done = command(world, "drift", "accept", APP, "features", "--yes")
    assert done.exit_code == 0, done.output
    assert "+    http-session-affinity: false" in done.output
    assert left - items(world) == {"features.http-session-affinity"}


def test_comments_of_the_file_stay(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    file.write_text(file.read_text().replace("  shop:domains:\n", "  shop:domains:  # ours\n"))
    before, there = len(world.writes()), world.there(APP)
    done = command(world, "drift", "accept", APP, "--yes")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert items(world) == set()
    assert (len(world.writes()), world.there(APP)) == (before, there)
    assert "  shop:domains:  # ours\n" in file.read_text()
    assert command(world, "drift", "revert", APP, "--yes").output.endswith("nothing to undo\n")


def test_an_interrupted_acceptance_is_ended(world: Adopting) -> None:
    """The file says what Heroku has, but the state does not have it yet."""
    file = world.directory / f"Pulumi.{APP}.yaml"
    host = "half.acme.example"
    world.call("POST", f"/apps/{APP}/domains", {"hostname": host, "sni_endpoint": None})
    first = "  shop:domains:  # ours\n"
    file.write_text(file.read_text().replace(first, f"{first}    - {host}\n"))
    before = len(world.writes())
    done = command(world, "drift", "accept", APP, "--yes")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert review(world)[0]["changes"] == []
    assert len(world.writes()) == before


def test_a_locked_stack_keeps_its_file(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    content = file.read_bytes()
    world.call("PATCH", f"/apps/{APP}/config-vars", {"LATE": "1"})
    lock = world.world.state / f".pulumi/locks/organization/shop/{APP}/held.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text('{"pid": 1, "username": "dev", "hostname": "laptop"}')
    done = command(world, "drift", "accept", APP, "app.configVars.LATE", "--yes")
    lock.unlink()
    assert done.exit_code == 1
    assert "locked" in done.output
    assert file.read_bytes() == content
