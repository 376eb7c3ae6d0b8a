"""Machines whose databases are real: one PostgreSQL server for all tests that want one."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from localheroku.addons import POSTGRES
from localheroku.addons.postgres import Postgres, leave, programs
from localheroku.core.addon_service import AddonRequest
from localheroku.core.backends import Backends
from localheroku.core.state import Settings
from tests.localheroku.machines import Remembered


@dataclass(frozen=True)
class DatabaseServer:
    """One that runs for a whole session, where its files are."""

    folder: Path


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres(folder)
    asyncio.run(server.start([AddonRequest("any", "any", "essential-0")]))
    yield DatabaseServer(folder)
    asyncio.run(server.close())
    leave(folder)


class LastingPostgres(Postgres):
    async def close(self) -> None:
        """Nothing: the next test finds the server running, as after a local Heroku's crash."""


@dataclass
class WithDatabases(Remembered):
    """Everything else only remembers what it was told."""

    server: DatabaseServer | None = None

    @classmethod
    def beside(cls, data: Path, server: DatabaseServer) -> WithDatabases:
        return cls(**vars(Remembered.of(data)), server=server)

    def machines(self, settings: Settings) -> Backends:
        assert self.server
        service = LastingPostgres(self.server.folder)
        machines = super().machines(settings)
        services = {**machines.services, POSTGRES: service}
        return replace(machines, services=services, databases=service.operations)


async def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """What a statement gives, in a connection of its own."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


def contents(archive: Path) -> str:
    """What `pg_restore` finds in a backup."""
    package = programs.package()
    assert package
    command = [str(programs.programs(package) / "pg_restore"), "--list", str(archive)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
