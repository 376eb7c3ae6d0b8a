"""An app with a real database on a local Heroku in this process, and a move of that database."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.databases import settled
from tests.databases.world import MoveWorld
from tests.localheroku.client import Api
from tests.localheroku.conftest import api, settings
from tests.localheroku.data.conftest import backends, database_server

__all__ = ["api", "backends", "database_server", "settings"]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a move repeat a request that failed after a shorter time."""
    monkeypatch.setattr(settled, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(settled, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr("dynostack.inventory.platform_api.WAITS_SECONDS", (0.0, 0.0))


@pytest.fixture
async def world(api: Api, tmp_path: Path) -> MoveWorld:
    world = MoveWorld(api, tmp_path / "moves")
    await world.create()
    return world
