"""Fixtures: an adopted app on a local Heroku, beside another app and another pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adopt.conftest import PUBLISHED, using
from tests.adopt.world import Adopting
from tests.drift.kinds import APP, OTHER


@pytest.fixture(scope="module", params=["ours", *(["published"] if PUBLISHED else [])])
def world(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Adopting]:
    world = Adopting(tmp_path_factory.mktemp("drift") / "infra")
    with using(world, request.param):
        world.make_app(APP, pipeline="shop", stage="staging")
        world.make_small_app(OTHER)
        world.join(OTHER, "other", "staging")
        world.call("POST", f"/apps/{OTHER}/addons", {"plan": "heroku-redis:mini"})
        (redis,) = [
            each
            for each in world.call("GET", f"/apps/{APP}/addons")
            if each["addon_service"]["name"] == "heroku-redis"
        ]
        world.call(
            "POST", "/addon-attachments", {"addon": redis["id"], "app": APP, "name": "QUEUE"}
        )
        done = world.adopt(APP)
        assert done.exit_code == 0, done.output
        # A process type that does not run is no difference.
        world.deploy(APP, clock="sleep 100000")
        yield world
    world.end()
