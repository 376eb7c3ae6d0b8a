"""Backends with real databases: one PostgreSQL server for all tests that use one."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from localheroku.addons import POSTGRES
from localheroku.addons.postgres import Postgres, distribution, leave, versions
from localheroku.core.addon_service import AddonRequest
from localheroku.core.backends import Backends
from localheroku.core.state import Settings
from tests.localheroku.fake_backends import FakeBackends


@dataclass(frozen=True)
class DatabaseServer:
    """The folder of a server that runs for a whole session."""

    folder: Path
    services: list[Postgres] = field(default_factory=list)
    """Every service that may have started servers of other versions, which are our children."""


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres(folder)
    asyncio.run(server.start([AddonRequest("any", "any", "essential-0")]))
    shared = DatabaseServer(folder, [server])
    yield shared
    for service in shared.services:
        asyncio.run(Postgres.close(service))
    leave(folder)


class PersistentPostgres(Postgres):
    async def close(self) -> None:
        """Keep the server running, so that the next test finds it as after a crash."""


@dataclass
class DatabaseBackends(FakeBackends):
    """Fake backends with real databases."""

    server: DatabaseServer | None = None

    @classmethod
    def with_server(cls, data: Path, server: DatabaseServer) -> DatabaseBackends:
        return cls(**vars(FakeBackends.of(data)), server=server)

    def create(self, settings: Settings) -> Backends:
        assert self.server
        service = PersistentPostgres(self.server.folder)
        self.server.services.append(service)
        backends = super().create(settings)
        services = {**backends.services, POSTGRES: service}
        return replace(backends, services=services, databases=service.operations)


async def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """Return the rows of a statement, on a new connection."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


def contents(archive: Path) -> str:
    """Return what `pg_restore` finds in a backup."""
    programs = distribution.obtain(versions.newest()).programs
    command = [str(programs / "pg_restore"), "--list", str(archive)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
