"""The digest of a change is the same in each review by the real engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.review.conftest import BASE
from tests.review.world import ReviewWorld

pytestmark = pytest.mark.e2e
SOAK = bool(os.environ.get("DYNOSTACK_SOAK"))
REVIEWS = 100 if SOAK else 3
"""How often each change is reviewed."""
DRAIN = "https://logs.acme.example/plain"
ENVIRONMENT: dict[str, Any] = {
    "postgres": {"plan": "essential-0", "protect": False, "attachments": ["REPORTS"]},
    "drains": {"a": DRAIN, "b": "https://logs.acme.example/other"},
    "domains": ["small.acme.example"],
}


@pytest.fixture(scope="module")
def several(brought_up: ReviewWorld) -> Iterator[ReviewWorld]:
    """Yield the app with attachments, drains and a domain."""
    for section, value in ENVIRONMENT.items():
        brought_up.set(section, value)
    brought_up.up()
    yield brought_up
    brought_up.restore(BASE)


def _secret_drain(world: ReviewWorld, name: str) -> None:
    key = f"shop:drains.{name}"
    words = ("config", "set", "-s", "small", "--secret", "--path", key, f"{DRAIN}-secret")
    done = world.rehearsal.pulumi(*words)
    assert done.exit_code == 0, done.output


def _another_region(world: ReviewWorld, **more: Any) -> None:
    app = yaml.safe_load(world.file.read_text())["config"]["shop:app"]
    world.set("app", {**app, "region": "eu", **more})


CHANGES: dict[str, Callable[[ReviewWorld], None]] = {
    "a drain becomes a secret": lambda world: _secret_drain(world, "a"),
    "another drain becomes a secret": lambda world: _secret_drain(world, "b"),
    "another region": _another_region,
    "another region and stack": lambda world: _another_region(world, stack="heroku-22"),
    "another region and name": lambda world: _another_region(world, name="acme-small-eu"),
}
"""Changes in which two or more properties force a replacement."""


@pytest.mark.long
@pytest.mark.parametrize("name", CHANGES if SOAK else [*CHANGES][-1:])
def test_the_digest_is_stable(several: ReviewWorld, name: str) -> None:
    before = several.file.read_bytes()
    CHANGES[name](several)
    try:
        reviews = [several.review() for _ in range(REVIEWS)]
    finally:
        several.file.write_bytes(before)
    forced = [
        sum(each["replaces"] for each in change["properties"]) for change in reviews[0]["changes"]
    ]
    assert max(forced) > 1
    assert len({each["digest"] for each in reviews}) == 1
    assert reviews[0]["digest"]
