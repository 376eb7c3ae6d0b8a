"""A local Heroku for each test, on its own port."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.record import Record
from localheroku.core.state import Settings
from localheroku.core.store import Store
from localheroku.workflows import deployment
from tests.localheroku import published_schema
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends
from tests.ports import free_port

collect_ignore = [] if published_schema.FILE.exists() else ["test_with_published_schema.py"]


@pytest.fixture(autouse=True)
def _records_stay_as_they_were_put(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check that no code changes a record inside the store's cache."""
    close = Store.close

    def check_and_close(store: Store) -> None:
        changed = list(changed_in_memory(store))
        close(store)
        assert not changed

    monkeypatch.setattr(Store, "close", check_and_close)


def changed_in_memory(store: Store) -> Iterator[tuple[Record, dict[str, Any]]]:
    stored = dict(store._database.execute("SELECT id, document FROM records"))  # noqa: SLF001
    for record in store._cache:  # noqa: SLF001
        if vars(record) != (document := json.loads(stored[record.id])):
            yield record, document


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "heroku", free_port(), "ops@acme.example", "acme")


@pytest.fixture
def backends(settings: Settings) -> FakeBackends:
    return FakeBackends.of(settings.data)


@pytest.fixture
async def api(
    settings: Settings, backends: FakeBackends, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    monkeypatch.setattr(deployment, "QUIET_SECONDS", 0.02)
    async with LocalHeroku(settings, backends.create) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        yield Api(settings.url, key, session, heroku, backends)
