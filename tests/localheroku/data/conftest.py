"""A local Heroku whose databases are real."""

from __future__ import annotations

import pytest

from localheroku.core.state import Settings
from tests.localheroku.databases import DatabaseBackends, DatabaseServer, database_server

__all__ = ["database_server"]


@pytest.fixture
def backends(settings: Settings, database_server: DatabaseServer) -> DatabaseBackends:
    return DatabaseBackends.with_server(settings.data, database_server)
