"""A reviewed plan that was started is continued, and one that was applied is not applied again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.review.conftest import BASE
from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]
PEOPLE = ["dev@acme.example", "design@acme.example", "lead@acme.example"]


@contextmanager
def failing(world: ReviewWorld, **fault: Any) -> Iterator[None]:
    """Make one call of a route fail within the context."""
    control = world.rehearsal.server.control
    control("POST", "/faults", {"kind": "error", "options": {"status": 422}, "count": 1, **fault})
    try:
        yield
    finally:
        control("DELETE", "/faults")


@pytest.fixture(scope="module")
def digest(brought_up: ReviewWorld) -> str:
    """Return the digest of a reviewed plan that failed halfway, and make a snapshot `begun`."""
    brought_up.set("collaborators", [{"email": email} for email in PEOPLE])
    brought_up.set("postgres", {"plan": "essential-1", "protect": False})
    digest = brought_up.digest()
    with failing(brought_up, route="POST /apps/{app}/collaborators", call=2):
        done = brought_up.apply(digest=digest)
    assert done.exit_code not in (0, 3), done.output
    assert "A fault of the local Heroku made this call fail." in done.output
    assert "none were seen" not in done.output
    assert "update failed" not in done.output
    brought_up.snapshot("begun")
    brought_up.restore(BASE)
    return digest


@pytest.fixture
def begun(small: ReviewWorld, digest: str) -> tuple[ReviewWorld, str]:
    """Return the world after the plan failed, with the plan's digest."""
    small.restore("begun")
    return small, digest


def test_the_rest_is_applied_with_the_same_digest(begun: tuple[ReviewWorld, str]) -> None:
    small, digest = begun
    rest = small.apply(digest=digest)
    assert rest.exit_code == 0, rest.output
    assert f"applying the rest of {digest}" in rest.output
    assert small.run("review", "small", "--exit-code").exit_code == 0
    again = small.apply(digest=digest)
    assert again.exit_code == 0, again.output
    assert f"already applied: {digest}" in again.output


def test_the_rest_with_another_file_is_refused(begun: tuple[ReviewWorld, str]) -> None:
    small, digest = begun
    small.edit(PEOPLE[2], "eve@acme.example")
    before = small.on_heroku
    done = small.apply(digest=digest)
    assert done.exit_code == 3
    assert "not part of the reviewed plan: the environment's file" in done.output
    assert small.on_heroku == before


def test_the_rest_over_drift_is_refused(begun: tuple[ReviewWorld, str]) -> None:
    small, digest = begun
    small.heroku("PATCH", "/apps/acme-small/config-vars", {"GREETING": "by-hand"})
    before = small.on_heroku
    done = small.apply(digest=digest)
    assert done.exit_code == 3
    assert "not part of the reviewed plan: app" in done.output
    assert small.on_heroku == before
