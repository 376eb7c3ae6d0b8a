"""A local Heroku whose databases are real."""

from __future__ import annotations

import pytest

from localheroku.core.state import Settings
from tests.localheroku.databases import DatabaseServer, WithDatabases, database_server

__all__ = ["database_server"]


@pytest.fixture
def machines(settings: Settings, database_server: DatabaseServer) -> WithDatabases:
    return WithDatabases.beside(settings.data, database_server)
