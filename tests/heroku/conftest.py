"""A local Heroku for each test, on a port of its own."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from dynostack.heroku import deployment
from dynostack.heroku.local import LocalHeroku
from dynostack.heroku.platform import Settings
from tests.heroku.client import Api
from tests.heroku.machines import Remembered


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    return Settings(tmp_path / "heroku", port, "ops@acme.example", "acme")


@pytest.fixture
def machines(settings: Settings) -> Remembered:
    return Remembered.of(settings.data)


@pytest.fixture
async def api(
    settings: Settings, machines: Remembered, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    monkeypatch.setattr(deployment, "QUIET_SECONDS", 0.02)
    async with LocalHeroku(settings, machines.machines) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        yield Api(settings.url, key, session, heroku, machines)
