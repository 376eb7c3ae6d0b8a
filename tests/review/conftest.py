"""One small world for the tests of review and apply: an app without a site, so that it is quick."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.e2e.rehearsal import Done, Rehearsal
from tests.review.world import ENVIRONMENT, ReviewWorld


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewWorld]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("review") / "shop")
    world = ReviewWorld(rehearsal)
    yield world
    rehearsal.end()


@pytest.fixture(scope="session")
def brought_up(world: ReviewWorld) -> Done:
    """The app as ENVIRONMENT has it, on the local Heroku."""
    world.write(yaml.safe_load(ENVIRONMENT))
    for command in (["toolchain"], ["local", "start"]):
        done = world.rehearsal.dynostack(*command)
        assert done.exit_code == 0, done.output
    for command in (["stack", "init", "small", "--no-select"], ["up", "-s", "small", "--yes"]):
        done = world.rehearsal.pulumi(*command)
        assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def small(world: ReviewWorld, brought_up: Done) -> Iterator[ReviewWorld]:
    """The world that is up, with the environment's file put back after the test."""
    before = world.file.read_bytes()
    yield world
    world.file.write_bytes(before)
