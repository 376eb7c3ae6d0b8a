"""Operations on databases in use: query, reset, back up, restore."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, LiteralString

from localheroku.addons.ports import HOST
from localheroku.addons.postgres import database as databases
from localheroku.addons.postgres.archives import ArchiveJobs, ConnectionInfo
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import make_private
from localheroku.core.backends import DatabaseInfo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from psycopg import AsyncConnection, sql

    from localheroku.addons.postgres.database import DatabaseRecord
    from localheroku.addons.postgres.servers import PostgresServers
    from localheroku.addons.records import RecordFiles

INFO_QUERY = """
SELECT current_setting('server_version'),
       pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_user_tables),
       (SELECT count(*) FROM pg_stat_activity WHERE usename = %s)
"""


STATEMENT_MILLISECONDS = 5000


class DatabaseOperations:
    """Operations on the recorded databases.

    Operations that replace a database's contents do so at their end, in one step: if one fails or
    is interrupted, the database is unchanged.

    Every method raises ServiceFailed if there is no such database or the server fails.
    """

    def __init__(
        self, servers: PostgresServers, records: RecordFiles[DatabaseRecord], backups: Path
    ) -> None:
        self._servers = servers
        self._records = records
        self._backups = backups
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._jobs: defaultdict[str, ArchiveJobs] = defaultdict(ArchiveJobs)

    async def info(self, addon_id: str) -> DatabaseInfo:
        database = self._find(addon_id)
        async with self._connect(database) as admin:
            cursor = await admin.execute(INFO_QUERY, (database.user,))
            return DatabaseInfo(*(await cursor.fetchone() or ()))

    async def query(self, addon_id: str, statement: LiteralString) -> list[dict[str, Any]]:
        """Return the rows of a statement in the database; a slow statement fails."""
        from psycopg.rows import dict_row

        async with self._connect(self._find(addon_id)) as admin:
            await admin.execute(f"SET statement_timeout = {STATEMENT_MILLISECONDS}")
            cursor = admin.cursor(row_factory=dict_row)
            return await (await cursor.execute(statement)).fetchall()

    async def disconnect(self, addon_id: str) -> None:
        """End every connection to the database."""
        database = self._find(addon_id)
        async with await self._servers.of(database).connect() as admin:
            await databases.disconnect(admin, database)

    async def reset_statistics(self, addon_id: str) -> None:
        async with self._connect(self._find(addon_id)) as admin:
            await admin.execute("SELECT pg_stat_reset()")

    async def settings(self, addon_id: str) -> dict[str, str]:
        """Return the settings of the database, by PostgreSQL's names."""
        database = self._find(addon_id)
        async with await self._servers.of(database).connect() as admin:
            return await databases.settings(admin, database)

    async def set(self, addon_id: str, values: Mapping[str, str]) -> None:
        """Change settings of the database, for connections opened from now on."""
        database = self._find(addon_id)
        async with self._servers.of(database).changing() as admin, admin.transaction():
            await databases.change_settings(admin, database, values)

    async def rotate(self, addon_id: str) -> str:
        """Give the role another password and end its connections; return the database's new URL."""
        server = self._servers.of(self._find(addon_id))
        async with server.changing() as admin:
            changed = replace(self._find(addon_id), password=databases.generate_password())
            await databases.set_password(admin, changed)
            self._records.put(addon_id, changed)
            await databases.disconnect(admin, changed)
        return changed.url(HOST, server.port)

    async def extend(self, addon_id: str, extensions: Sequence[str]) -> None:
        """Create extensions in the database, such as hstore or myschema.hstore."""
        await self._extend(self._find(addon_id), extensions)

    async def reset(self, addon_id: str, extensions: Sequence[str] = ()) -> None:
        """Empty the database and create `extensions` in it, such as hstore or myschema.hstore."""
        async with self._replacement(addon_id) as successor:
            await self._extend(successor, extensions)

    def backup(self, addon_id: str, backup_id: str) -> Path:
        """Return the path of a backup's file, which may not exist."""
        return self._backups / addon_id / f"{backup_id}.dump"

    async def capture(self, addon_id: str, archive: Path, say: Callable[[str], None]) -> None:
        """Save the contents of the database to a file."""
        source = ConnectionInfo.from_url(self._url(self._find(addon_id)))
        await self._start_all()
        with _removed_on_failure(archive):
            await self._jobs[addon_id].dump(source, archive, say)

    async def copy(
        self, addon_id: str, url: str, progress: Path, say: Callable[[str], None]
    ) -> int:
        """Replace the contents of the database with those of the database at a URL.

        Args:
            addon_id: the database to fill.
            url: the database to copy, which may be on another machine.
            progress: a sparse file whose size is set to the number of bytes copied so far.
            say: called with each line that is reported.

        Returns:
            The number of statements that failed.
        """
        source = ConnectionInfo.from_url(url)
        await self._start_all()
        async with self._replacement(addon_id) as successor:
            target = ConnectionInfo.from_url(self._url(successor))
            version = successor.server_version
            with _removed_on_failure(progress):
                return await self._jobs[addon_id].copy(source, target, version, progress, say)

    async def _start_all(self) -> None:
        """Start every server that has databases: the source may be on one that was killed."""
        records = [self._records.get(each) for each in self._records.ids()]
        await self._servers.start(record.server_version for record in records if record)

    async def restore(
        self, addon_id: str, archive: Path, extensions: Sequence[str], say: Callable[[str], None]
    ) -> int:
        """Replace the contents of the database from a file; return how many statements failed."""
        async with self._replacement(addon_id) as successor:
            await self._extend(successor, extensions)
            address = ConnectionInfo.from_url(self._url(successor))
            version = successor.server_version
            return await self._jobs[addon_id].restore(archive, address, version, say)

    @asynccontextmanager
    async def stopped(self, addon_id: str) -> AsyncIterator[None]:
        """Stop all operations on the database while the block runs; then remove its backups."""
        self._jobs[addon_id].end()
        async with self._locks[addon_id]:
            yield
        shutil.rmtree(self._backups / addon_id, ignore_errors=True)
        self._locks.pop(addon_id, None)
        self._jobs.pop(addon_id, None)

    @asynccontextmanager
    async def _replacement(self, addon_id: str) -> AsyncIterator[DatabaseRecord]:
        """Yield an empty database that replaces the other one if the block succeeds."""
        async with self._locks[addon_id]:
            database = self._find(addon_id)
            server = self._servers.of(database)
            try:
                async with server.changing() as admin:
                    await databases.drop_database(admin, database.successor)
                    await databases.create(admin, database.successor)
                # The password may have been rotated meanwhile.
                yield self._find(addon_id).successor
                async with server.changing() as admin:
                    await databases.replace_by_successor(admin, database)
            except BaseException:
                async with server.changing() as admin:
                    await databases.drop_database(admin, database.successor)
                raise

    async def _extend(self, database: DatabaseRecord, extensions: Sequence[str]) -> None:
        from psycopg import AsyncConnection, Error

        if not extensions:
            return
        try:
            connect = AsyncConnection.connect(self._url(database), autocommit=True)
            async with await connect as connection:
                for extension in extensions:
                    schema, _, name = extension.rpartition(".")
                    for statement in _extension_statements(schema or "public", name):
                        await connection.execute(statement)
        except Error as error:
            parts = error.diag.message_primary, error.diag.message_detail
            reason = "; ".join(part.rstrip(".") for part in parts if part)
            raise ServiceFailed(f"cannot create extension {extension}: {reason}") from None

    @asynccontextmanager
    async def _connect(self, database: DatabaseRecord) -> AsyncIterator[AsyncConnection]:
        from psycopg import OperationalError

        try:
            async with await self._servers.of(database).connect(database.database) as admin:
                yield admin
        except OperationalError as error:
            raise ServiceFailed(str(error)) from None

    def _find(self, addon_id: str) -> DatabaseRecord:
        database = self._records.get(addon_id)
        if database is None:
            raise ServiceFailed("the database does not exist")
        return database

    def _url(self, database: DatabaseRecord) -> str:
        return database.url(HOST, self._servers.of(database).port)


@contextmanager
def _removed_on_failure(archive: Path) -> Iterator[None]:
    make_private(archive.parent)
    archive.touch(mode=0o600)
    try:
        yield
    except BaseException:
        archive.unlink(missing_ok=True)
        raise


def _extension_statements(schema: str, name: str) -> list[sql.Composed]:
    from psycopg import sql

    parts = sql.Identifier(schema), sql.Identifier(name)
    return [
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(parts[0]),
        sql.SQL("CREATE EXTENSION IF NOT EXISTS {1} WITH SCHEMA {0} CASCADE").format(*parts),
    ]
