"""Fixtures: a local Heroku for each test, and a client that retries without waiting."""

import pytest

from dynostack.inventory import platform_api
from tests.localheroku.conftest import api, backends, settings

__all__ = ["api", "backends", "settings"]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client retry without waiting."""
    monkeypatch.setattr(platform_api, "WAITS_SECONDS", (0.0, 0.0))
