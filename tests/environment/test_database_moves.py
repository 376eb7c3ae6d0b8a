"""Tests of the changes of a database that need a move."""

from __future__ import annotations

import pytest

from dynostack.environment import catalogue
from dynostack.environment.database_moves import (
    STEPS,
    DatabaseMove,
    MoveReason,
    PlanAndVersion,
    downtime_text,
    is_other_tier,
    move_command,
    needed_move,
    steps_text,
)

GB = 1 << 30


def moved(old: str, new: str) -> DatabaseMove | None:
    """Return the needed move between two databases, such as `standard-0 16`."""
    before, after = (PlanAndVersion(*each.split()) for each in (old, new))
    return needed_move(before, after)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("essential-0 16", "essential-2 16", None),
        ("standard-0 16", "premium-2 16", None),
        ("premium-0 16", "standard-0", None),
        ("standard-0", "standard-0 17", None),
        ("essential-1 16", "standard-0 16", MoveReason.TIER),
        ("standard-0 16", "essential-1", MoveReason.TIER),
        ("essential-1", "standard-0 17", MoveReason.TIER),
        ("standard-0 16", "standard-0 17", MoveReason.VERSION),
        ("standard-0 18", "standard-2 17", MoveReason.VERSION),
        ("essential-1 16", "standard-0 17", MoveReason.BOTH),
    ],
)
def test_the_reason_of_a_move(old: str, new: str, reason: MoveReason | None) -> None:
    move = moved(old, new)
    assert (move.reason if move else None) is reason


def test_a_plan_that_is_unknown_is_of_no_other_tier() -> None:
    assert not is_other_tier("essential-0", "")
    assert not is_other_tier("", "essential-0")


@pytest.mark.parametrize(
    ("old", "new", "downgrade"),
    [
        ("standard-0 18", "standard-0 17", True),
        ("essential-1 10", "standard-0 9", True),
        ("standard-0 16", "standard-0 17", False),
        ("essential-1 17", "standard-0", False),
        ("essential-1", "standard-0 15", False),
    ],
)
def test_a_downgrade(old: str, new: str, downgrade: bool) -> None:
    move = moved(old, new)
    assert move
    assert move.is_downgrade is downgrade


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("essential-1 16", "standard-0", "$9 → $50 a month"),
        ("standard-0", "essential-0", "$50 → $5 a month"),
        ("essential-1", "standard-9", "$9 → $5,800 a month"),
        ("standard-0 16", "standard-0 17", "$50 a month each"),
        ("essential-1", "shield-0", "price unknown"),
    ],
)
def test_the_prices_of_both_databases(old: str, new: str, text: str) -> None:
    move = moved(old, new)
    assert move
    assert move.price_text == text


def test_a_price_in_cents(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {"essential-0": 550, "standard-0": 5000}
    monkeypatch.setattr(catalogue, "monthly_price", lambda _, plan: prices[plan])
    move = moved("essential-0", "standard-0")
    assert move
    assert move.price_text == "$5.50 → $50 a month"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "about 3 minutes per GB"),
        (0, "about 1 minute"),
        (8_000_000, "about 2 minutes"),
        (GB, "about 4 minutes"),
        (10 * GB, "about 31 minutes"),
        (64 * GB, "about 3 hours"),
    ],
)
def test_the_expected_downtime(size: int | None, text: str) -> None:
    assert downtime_text(size) == text


def test_the_site_is_down_for_one_run_of_steps() -> None:
    down = [step.title for step in STEPS if step.is_down]
    text = steps_text("about 4 minutes")
    assert f"; with the site down for about 4 minutes: {', '.join(down)}; " in text
    assert all(step.title in text for step in STEPS)


def test_the_command() -> None:
    assert move_command("prod") == "dynostack postgres move prod"
    assert move_command("prod", "postgres", "--finish") == "dynostack postgres move prod --finish"
    assert move_command("prod", "postgres-next", "--plan", "standard-0") == (
        "dynostack postgres move prod next --plan standard-0"
    )
