"""Every change of an environment's file is reviewed and applied, and then nothing is left to do.

Otherwise the review says beforehand that it cannot be applied, and nothing is changed.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.durability.worlds import SOAK
from tests.matrix.changes import APPLIES, CONSENT, NOTHING, STOPS, Change, load, sample
from tests.matrix.world import STACK, Begun, MatrixWorld, consents

pytestmark = [pytest.mark.e2e, pytest.mark.long]

STARTS, CHANGES = load()
IN_ORDER = sorted(CHANGES, key=lambda change: [*STARTS].index(change.start))
SAMPLE, MORE, REFUSED = (
    sample(CHANGES, *kinds) for kinds in ((APPLIES, CONSENT), (NOTHING,), (STOPS,))
)
"""What applies at once, what changes nothing after it, and what cannot be applied."""
RESOURCE = "heroku:"
"""The prefix of the types of Heroku's resources; components and providers have others."""


@pytest.mark.parametrize("change", IN_ORDER if SOAK else [REFUSED], ids=lambda change: change.name)
def test_change(world: MatrixWorld, change: Change) -> None:
    begun = world.begin(change.start)
    world.make(change)
    review = world.review()
    if change.expect.kind == STOPS:
        _stops(world, change, review)
        return
    _needs(review, change)
    assert bool(review["changes"]) is (change.expect.kind != NOTHING), review["changes"]
    _refuses_without_a_yes(world, review)
    _applies(world, review)
    _is_done(world)
    _answers(world, change, begun)


def test_the_sample_applies_at_once(world: MatrixWorld) -> None:
    begun = world.begin(SAMPLE.start)
    world.make(SAMPLE)
    review = world.review()
    changed = {each["resource"]["type"] for each in review["changes"]}
    unchanged = {each["type"] for each in review["unchanged"]}
    assert {each for each in unchanged - changed if each.startswith(RESOURCE)} == set()
    _needs(review, SAMPLE)
    _refuses_without_a_yes(world, review)
    _applies(world, review)
    world.make(MORE)
    _is_done(world)
    _answers(world, SAMPLE, begun)


def _stops(world: MatrixWorld, change: Change, review: dict[str, Any]) -> None:
    stopping = _of(review, "stop")
    reasons = [*review["errors"], *(f"{each['id']} {each['text']}" for each in stopping)]
    assert all(code in "\n".join(reasons) for code in change.expect.codes), review
    before = world.everything()
    done = world.apply(review)
    assert done.exit_code != 0, done.output
    assert world.everything() == before
    world.stays_at(change.start)


def _needs(review: dict[str, Any], change: Change) -> None:
    """Check that the review has the expected findings, and asks for no other confirmation."""
    assert review["errors"] == []
    needed = {each["id"] for each in _of(review, "block", "stop")}
    expected = {*change.expect.codes}
    assert needed == {each for each in expected if each in needed}, review["findings"]
    assert bool(needed) is (change.expect.kind == CONSENT), review["findings"]
    assert expected <= {each["id"] for each in review["findings"]}, review["findings"]


def _refuses_without_a_yes(world: MatrixWorld, review: dict[str, Any]) -> None:
    if consents(review):
        before = world.everything()
        done = world.apply(review)
        assert done.exit_code != 0, done.output
        assert world.everything() == before


def _applies(world: MatrixWorld, review: dict[str, Any]) -> None:
    done = world.apply(review, *consents(review))
    assert done.exit_code == 0, done.output


def _is_done(world: MatrixWorld) -> None:
    """Check that plain `pulumi`, after a refresh from Heroku, finds nothing to do."""
    preview = world.pulumi("preview", "--stack", STACK, "--refresh", "--expect-no-changes")
    assert preview.exit_code == 0, preview.output


def _answers(world: MatrixWorld, change: Change, begun: Begun) -> None:
    status = begun.answers if change.answers is None else change.answers
    assert world.awaited_status(change.app, status) == status


def _of(review: dict[str, Any], *severities: str) -> list[dict[str, Any]]:
    return [each for each in review["findings"] if each["severity"] in severities]
