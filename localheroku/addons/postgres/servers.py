"""The PostgreSQL servers of a local Heroku: one for each major version."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from localheroku.addons.postgres import versions
from localheroku.addons.postgres.server import PostgresServer
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from localheroku.addons.postgres.database import DatabaseRecord


class PostgresServers:
    """The servers below one folder, each started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._servers = {
            version: PostgresServer(versions.home(folder, version), version)
            for version in versions.every()
        }

    def of(self, database: DatabaseRecord) -> PostgresServer:
        """Return the server of a database.

        Raises:
            ServiceFailed: there is no server of its version.
        """
        return self.of_version(database.server_version)

    def of_version(self, version: str) -> PostgresServer:
        """Return the server of a major version.

        Raises:
            ServiceFailed: there is none.
        """
        if version not in self._servers:
            known = ", ".join(self._servers)
            raise ServiceFailed(f"PostgreSQL {version} is unknown: use one of {known}")
        return self._servers[version]

    async def start(self, wanted: Iterable[str]) -> None:
        """Start the servers of these versions.

        Raises:
            ServiceFailed: one of them does not start; the others still do.
        """
        servers = [self.of_version(version) for version in sorted(set(wanted))]
        results = await asyncio.gather(*(one.ready() for one in servers), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def stop(self) -> None:
        """Shut all servers down cleanly; their data stays."""
        await asyncio.gather(*(server.stop() for server in self._servers.values()))
