from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.durability.worlds import SOAK, Breakable


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    world = Breakable(tmp_path_factory.mktemp("durability") / "shop", builds=SOAK)
    yield world
    world.end()
