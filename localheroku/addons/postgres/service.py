"""Heroku Postgres on the local server: one database and role for each add-on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localheroku.addons.ports import HOST
from localheroku.addons.postgres import database as databases
from localheroku.addons.postgres.database import DatabaseRecord
from localheroku.addons.postgres.operations import DatabaseOperations
from localheroku.addons.postgres.server import PostgresServer
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
        self._server = PostgresServer(folder)
        self._records = RecordFiles(folder / RECORDS, DatabaseRecord)
        self.operations = DatabaseOperations(self._server, self._records, folder / "backups")

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Create the add-on's database and role, or find the existing ones."""
        async with self._server.changing() as admin:
            database = self._records.get(request.addon_id)
            if database is None:
                database = DatabaseRecord.generate(request)
                # Stored first, so that an interrupted provisioning can be resumed or removed.
                self._records.put(request.addon_id, database)
            await databases.create(admin, database)
        return {"URL": database.url(HOST, self._server.port)}

    async def change_plan(self, request: AddonRequest) -> None:
        """Apply the new plan's connection limit, from the next connection on."""
        async with self._server.changing() as admin:
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
        async with self.operations.stopped(addon_id), self._server.changing() as admin:
            await databases.drop(admin, database)
            self._records.remove(addon_id)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Start the server if an add-on needs it."""
        if requests:
            await self._server.ready()

    async def close(self) -> None:
        """Stop the server."""
        await self._server.stop()
