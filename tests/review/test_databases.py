"""No database is lost without its own yes, and the live database is recognized."""

from __future__ import annotations

import signal
from typing import Any

import psutil
import pytest

from tests import warm
from tests.review.conftest import BASE
from tests.review.following import Follower, promised
from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]
ESSENTIAL: dict[str, Any] = {"plan": "essential-0", "protect": False}
STANDARD: dict[str, Any] = {"plan": "standard-0", "protect": False}
KEPT = ("DR110 dynostack recover", "DR604 dynostack recover")
"""Advice whose commands are tested here or in tests/recover, not in test_advice.py."""
NEXT: dict[str, Any] = {**ESSENTIAL, "databases": {"next": STANDARD}}


@pytest.fixture(scope="module")
def snapshot_of_two(brought_up: ReviewWorld) -> str:
    """Make a snapshot of the world with a second database."""
    brought_up.set("postgres", NEXT)
    brought_up.up()
    brought_up.snapshot("two")
    brought_up.restore(BASE)
    return "two"


@pytest.fixture
def two(small: ReviewWorld, snapshot_of_two: str) -> ReviewWorld:
    """Return the world with a second database."""
    small.restore(snapshot_of_two)
    return small


def _findings(review: dict[str, Any], *severities: str) -> dict[str, dict[str, Any]]:
    wanted = severities or ("stop", "block", "warn", "note")
    return {each["id"]: each for each in review["findings"] if each["severity"] in wanted}


def test_a_database_is_only_destroyed_by_name(two: ReviewWorld) -> None:
    two.set("postgres", ESSENTIAL)
    shown, before = two.review(), two.on_heroku
    assert [each["consent"] for each in shown["findings"]] == ["--allow-data-loss postgres-next"]
    for flags in ([], ["--allow-data-loss", "postgres"], ["--allow-live-loss", "postgres-next"]):
        done = two.apply(*flags, digest=shown["digest"])
        assert done.exit_code == 3
        assert "add --allow-data-loss postgres-next" in done.output
    assert two.on_heroku == before
    done = two.apply("--allow-data-loss", "postgres-next", digest=shown["digest"])
    assert done.exit_code == 0, done.output
    assert len(two.heroku("GET", "/apps/acme-small/addons")) == len(before[1]) - 1


def test_a_promoted_database_is_the_live_one(two: ReviewWorld) -> None:
    """Earlier advice made an operator destroy the live database."""
    two.promote("postgres-next")
    two.set("postgres", ESSENTIAL)
    shown, before = two.review(), two.on_heroku
    first = shown["findings"][0]
    assert (first["id"], first["consent"]) == ("DR100", "--allow-live-loss postgres-next")
    done = two.apply("--allow-data-loss", "postgres-next", digest=shown["digest"])
    assert done.exit_code == 3
    assert "is the live database (DATABASE_URL points at it)" in done.output
    assert two.on_heroku == before
    done = two.apply("--allow-live-loss", "postgres-next", digest=shown["digest"])
    assert done.exit_code == 0, done.output
    assert "DR111" in _findings(two.review(), "warn")
    two.promote("postgres")
    assert _findings(two.review()) == {}


def test_a_promotion_after_the_review_needs_another_yes(two: ReviewWorld) -> None:
    two.set("postgres", ESSENTIAL)
    digest = two.digest()
    two.promote("postgres-next")
    before = two.on_heroku
    done = two.apply("--allow-data-loss", "postgres-next", digest=digest)
    assert done.exit_code == 3, done.output
    assert "--allow-live-loss postgres-next" in done.output
    assert two.on_heroku == before


@pytest.mark.parametrize("change", [{"plan": "standard-0"}, {"version": "16"}])
def test_what_needs_a_move_cannot_be_applied(two: ReviewWorld, change: dict[str, str]) -> None:
    two.set("postgres", {**NEXT, **change})
    shown, before = two.review(), (two.on_heroku, two.written)
    (finding,) = _findings(shown, "stop").values()
    assert finding["id"] == "DR104"
    assert shown["digest"] == ""
    done = two.apply("--allow-data-loss", "postgres", digest="0" * 64)
    assert done.exit_code == 3
    assert "refused: DR104 " in done.output
    assert "after the merge, run dynostack postgres move small. " in done.output
    assert "with the site down for about 2 minutes: " in done.output
    assert (two.on_heroku, two.written) == before


def test_protection_alone_is_applied_and_holds(small: ReviewWorld) -> None:
    small.set("postgres", {"plan": "essential-0"})
    digest = small.digest()
    assert small.apply(digest=digest).exit_code == 0
    assert small.review()["changes"] == []
    before = small.file.read_text()
    small.set("postgres", None)
    shown = small.review()
    assert [*_findings(shown, "stop")] == ["DR109"]
    assert (shown["digest"], shown["complete"], shown["errors"]) == ("", False, [])
    assert small.apply(digest=digest).exit_code == 3
    small.file.write_text(before)
    small.set("postgres", ESSENTIAL)
    shown = small.review()
    changed = [(each["path"], each["old"], each["new"]) for each in _properties(shown)]
    assert changed == [("protect", "true", "false"), ("protect", "true", "false")]
    assert small.apply(digest=shown["digest"]).exit_code == 0
    assert small.review()["changes"] == []


def _properties(review: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for change in review["changes"] for each in change["properties"]]


def test_a_killed_engine_leaves_no_invisible_database(small: ReviewWorld) -> None:
    control = small.rehearsal.server.control
    control("PATCH", "/settings", {"provisioning": {"addon": 20}})
    before = small.heroku("GET", "/apps/acme-small/addons")
    small.set("postgres", NEXT)
    process = small.started("apply", "small", "--reviewed", small.digest())
    assert process.stderr is not None
    while len(small.heroku("GET", "/apps/acme-small/addons")) == len(before):
        assert process.poll() is None
    for engine in psutil.Process(process.pid).children():
        engine.send_signal(signal.SIGKILL)
    process.stderr.read()
    process.stderr.close()
    process.wait()
    control("PATCH", "/settings", {"provisioning": {"addon": 0}})
    for section in (ESSENTIAL, NEXT):
        small.set("postgres", section)
        shown = small.review()
        (finding,) = _findings(shown, "stop").values()
        assert finding["id"] == "DR110"
        assert shown["interrupted"] == ["creating postgres-next"]
    follow = Follower(small)
    (command,) = follow.codes(finding, "dynostack recover")
    recovered = follow.shell(f"{warm.dynostack()} {command.partition(' ')[2]} --yes")
    assert "review: " in recovered.output or "DR107" in recovered.output
    assert follow.followed == {promise for promise, _ in promised(finding)}
    assert small.run("review", "small", "--exit-code").exit_code == 0
    assert len(small.heroku("GET", "/apps/acme-small/addons")) == len(before) + 1
