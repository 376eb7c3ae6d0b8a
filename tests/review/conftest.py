"""A small world for the tests of review and apply: an app without a site, which is fast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.e2e.rehearsal import Rehearsal
from tests.review.world import ENVIRONMENT, ReviewWorld

BASE = "base"
"""The name of the snapshot of the app as ENVIRONMENT declares it."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewWorld]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("review") / "shop", warm=True)
    world = ReviewWorld(rehearsal)
    yield world
    rehearsal.end()


@pytest.fixture(scope="session")
def brought_up(world: ReviewWorld) -> ReviewWorld:
    """Bring up the app that ENVIRONMENT declares, on the local Heroku."""
    world.write(yaml.safe_load(ENVIRONMENT))
    for command in (["toolchain"], ["local", "start"]):
        done = world.rehearsal.dynostack(*command)
        assert done.exit_code == 0, done.output
    done = world.rehearsal.pulumi("stack", "init", "small", "--no-select")
    assert done.exit_code == 0, done.output
    world.up()
    world.snapshot(BASE)
    return world


@pytest.fixture
def small(brought_up: ReviewWorld) -> Iterator[ReviewWorld]:
    """Yield the world with the app, and undo the test's changes afterwards."""
    file, written = brought_up.file.read_bytes(), brought_up.written
    yield brought_up
    if brought_up.written == written:
        brought_up.file.write_bytes(file)
    else:
        brought_up.restore(BASE)
