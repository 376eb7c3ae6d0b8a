"""Heroku Postgres on the local servers: one database and role for each add-on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localheroku.addons.ports import HOST
from localheroku.addons.postgres import database as databases
from localheroku.addons.postgres.database import DatabaseRecord, requested_version
from localheroku.addons.postgres.operations import DatabaseOperations
from localheroku.addons.postgres.servers import PostgresServers
from localheroku.addons.records import RecordFiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from localheroku.core.addon_service import AddonRequest


RECORDS = "databases"
"""The folder with the record of each database."""


class Postgres:
    """The service `heroku-postgresql`."""

    def __init__(self, folder: Path) -> None:
        self._servers = PostgresServers(folder)
        self._records = RecordFiles(folder / RECORDS, DatabaseRecord)
        self.operations = DatabaseOperations(self._servers, self._records, folder / "backups")

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Create the add-on's database and role, or find the existing ones."""
        server = self._servers.of_version(self._version(request))
        async with server.changing() as admin:
            database = self._records.get(request.addon_id)
            if database is None:
                database = DatabaseRecord.generate(request)
                # Stored first, so that an interrupted provisioning can be resumed or removed.
                self._records.put(request.addon_id, database)
            await databases.create(admin, database)
        # https://help.heroku.com/ZOFBHJCJ/heroku-postgres-extension-schema-restrictions
        if extensions := request.config.get("extensions"):
            names = [name.strip() for name in extensions.split(",")]
            await self.operations.extend(request.addon_id, names)
        return {"URL": database.url(HOST, server.port)}

    async def change_plan(self, request: AddonRequest) -> None:
        """Apply the new plan's connection limit, from the next connection on."""
        async with self._servers.of_version(self._version(request)).changing() as admin:
            database = self._records.get(request.addon_id)
            if database is None:
                return
            limit = request.connection_limit
            changed = replace(database, plan=request.plan, connection_limit=limit)
            await databases.limit(admin, changed)
            self._records.put(request.addon_id, changed)

    async def deprovision(self, addon_id: str) -> None:
        """Drop the database, even while clients are connected, its role and its backups."""
        database = self._records.get(addon_id)
        if database is None:
            return
        server = self._servers.of(database)
        async with self.operations.stopped(addon_id), server.changing() as admin:
            await databases.drop(admin, database)
            self._records.remove(addon_id)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Start the servers that add-ons need."""
        await self._servers.start(self._version(request) for request in requests)

    async def close(self) -> None:
        """Stop the servers."""
        await self._servers.stop()

    def _version(self, request: AddonRequest) -> str:
        """Return the version of the add-on's database, or the one that a new database would get.

        A database from before there were several versions may not have the version that its add-on
        requested.
        """
        database = self._records.get(request.addon_id)
        return database.server_version if database else requested_version(request)
