from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.matrix.changes import load
from tests.matrix.world import MatrixWorld


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixWorld]:
    starts, _ = load()
    world = MatrixWorld(tmp_path_factory.mktemp("matrix") / "shop", starts)
    yield world
    world.end()
