"""Each kind of change by hand is told in words, reverted and accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.adopt.world import Adopting
from tests.drift.kinds import APP, KINDS, ChangeKind, lasting, make
from tests.durability.worlds import SOAK

pytestmark = [pytest.mark.e2e, pytest.mark.long]

TOGETHER = [each for each in KINDS if not each.alone]
LOSSES = ("rogue-db", "rogue-redis", "postgres")
"""The names of add-ons with data that a revert destroys or gives a smaller plan."""
ONE_BY_ONE = KINDS if SOAK else [each for each in KINDS if each.name == "another database promoted"]
SECRETS = ("planted-new-token", "planted-new-key", "planted-drain")


def found(world: Adopting) -> dict[str, Any]:
    done = world.shell(*world.program, "drift", APP, "--format", "json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output[done.output.index("{") :]))


def refuse_untold(world: Adopting, made: Mapping[str, ChangeKind]) -> None:
    """Check that drift says each change in words, and nothing else."""
    document = found(world)
    told = {each["item"]: (each["kind"], each["says"]) for each in document["differences"]}
    for each in document["unsaid"]:
        if not each["item"].startswith("access."):
            told[each["item"]] = ("unsaid", each["says"])
    assert told == {item: (each.kind, each.says) for item, each in made.items()}


def revert(world: Adopting, *arguments: str) -> Any:
    losses = [argument for name in LOSSES for argument in ("--allow-data-loss", name)]
    losses += ["--allow-live-loss", "rogue-db"]
    return world.shell(*world.program, "drift", "revert", APP, *arguments, *losses, "--yes")


def test_changes_are_told_and_reverted(world: Adopting) -> None:
    before = lasting(world.there(APP))
    made = make(world, TOGETHER)
    assert len(made) >= 30
    refuse_untold(world, made)
    done = revert(world)
    assert done.exit_code == 0, done.output
    unsaid = [item for item, each in made.items() if not each.is_said]
    for item in unsaid:
        assert f"[{item}]" in done.output
    done = revert(world, *unsaid)
    assert done.exit_code == 0, done.output
    refuse_untold(world, {})
    assert lasting(world.there(APP)) == before
    review = world.shell(*world.program, "review", APP)
    assert f"{APP}: nothing changes" in review.output, review.output


@pytest.mark.parametrize("kind", ONE_BY_ONE, ids=lambda kind: kind.name.replace(" ", "-"))
def test_one_change_is_told_reverted_and_accepted(world: Adopting, kind: ChangeKind) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before, text = lasting(world.there(APP)), file.read_text()
    (item,) = make(world, [kind])
    told = json.dumps(found(world))
    assert f'"item": "{item}"' in told
    if item == "postgres.live":
        refused = world.shell(*world.program, "drift", "revert", APP, item, "--yes")
        assert refused.exit_code == 3
        assert "to undo it anyway, add --allow-live-loss rogue-db" in refused.output
    done = revert(world, item, *(["addons"] if "addons" in told else []))
    assert done.exit_code == 0, done.output
    refuse_untold(world, {})
    assert lasting(world.there(APP)) == before
    if kind.accept and kind.is_said:
        make(world, [kind])
        done = world.shell(*world.program, "drift", "accept", APP, item, "--yes")
        assert done.exit_code == 0, done.output
        refuse_untold(world, {})
        file.write_text(text)
        done = revert(world)
        assert done.exit_code == 0, done.output
        assert lasting(world.there(APP)) == before


def test_changes_are_told_and_accepted(world: Adopting) -> None:
    made = make(world, [each for each in TOGETHER if each.accept])
    before = lasting(world.there(APP))
    done = world.shell(*world.program, "drift", "accept", APP, "--yes")
    assert done.exit_code == 0, done.output
    refuse_untold(world, {item: each for item, each in made.items() if not each.is_said})
    preview = world.shell("pulumi", "preview", "-s", APP, "--expect-no-changes", "--refresh")
    assert preview.exit_code == 0, preview.output
    assert lasting(world.there(APP)) == before
    for value in SECRETS:
        assert value not in done.output
        assert not world.files_with(value)
