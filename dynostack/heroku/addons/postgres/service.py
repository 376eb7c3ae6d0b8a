"""Heroku Postgres on the local server: a database and a role an add-on."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dynostack.heroku.addons.ports import HOST
from dynostack.heroku.addons.postgres.server import Server
from dynostack.heroku.addons.records import Records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from psycopg import AsyncConnection

    from dynostack.heroku.addons.service import AddonRequest

LETTERS = string.ascii_lowercase + string.digits
UNLIMITED = -1


@dataclass(frozen=True)
class Database:
    """What belongs to one add-on; names and password look like Heroku's."""

    database: str
    user: str
    password: str
    plan: str
    version: str | None
    """The version the app asked for.  The local server has one version, whatever was asked."""
    connection_limit: int | None

    @classmethod
    def drawn(cls, request: AddonRequest) -> Database:
        """A new one with random names and password."""
        return cls(
            database="d" + _word(13),
            user="u" + _word(13),
            password="p" + secrets.token_hex(32),
            plan=request.plan,
            version=request.version,
            connection_limit=request.connection_limit,
        )

    @property
    def limit(self) -> int:
        """As PostgreSQL writes it."""
        return UNLIMITED if self.connection_limit is None else self.connection_limit


class Postgres:
    """The service `heroku-postgresql`."""

    def __init__(self, folder: Path) -> None:
        self._server = Server(folder)
        self._records = Records(folder / "databases", Database)

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Create the add-on's database and role, or find those that it has."""
        database = self._records.get(request.addon_id)
        if database is None:
            database = Database.drawn(request)
            # Kept first, so that an interrupted provisioning can be taken up or removed.
            self._records.put(request.addon_id, database)
        async with await self._server.connect() as admin:
            await _create(admin, database)
        address = f"{HOST}:{self._server.port}"
        return {
            "URL": f"postgres://{database.user}:{database.password}@{address}/{database.database}"
        }

    async def change_plan(self, request: AddonRequest) -> None:
        """Allow as many connections as the new plan does, from the next one on."""
        database = self._records.get(request.addon_id)
        if database is None:
            return
        changed = replace(database, plan=request.plan, connection_limit=request.connection_limit)
        async with await self._server.connect() as admin:
            await _limit(admin, changed)
        self._records.put(request.addon_id, changed)

    async def deprovision(self, addon_id: str) -> None:
        """Drop the database, whoever is connected to it, and its role."""
        database = self._records.get(addon_id)
        if database is None:
            return
        async with await self._server.connect() as admin:
            await _drop(admin, database)
        self._records.remove(addon_id)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Start the server if an add-on needs it."""
        if requests:
            await self._server.ready()

    async def close(self) -> None:
        """Stop the server."""
        await self._server.stop()


async def _create(admin: AsyncConnection, database: Database) -> None:
    from psycopg import sql

    name, user = sql.Identifier(database.database), sql.Identifier(database.user)
    await _shut_common_databases(admin)
    if not await _exists(admin, "pg_roles", "rolname", database.user):
        # The server sees the password's verifier only: a failing statement goes to its log.
        verifier = admin.pgconn.encrypt_password(
            database.password.encode(), database.user.encode(), b"scram-sha-256"
        ).decode()
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        await admin.execute(create.format(user, sql.Literal(verifier)))
    await _limit(admin, database)
    if not await _exists(admin, "pg_database", "datname", database.database):
        await admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, user))
    await admin.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))


async def _shut_common_databases(admin: AsyncConnection) -> None:
    await admin.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")


async def _limit(admin: AsyncConnection, database: Database) -> None:
    from psycopg import sql

    # On the role, as an owner could raise the limit of the database itself.
    statement = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}")
    await admin.execute(
        statement.format(sql.Identifier(database.user), sql.Literal(database.limit))
    )


async def _drop(admin: AsyncConnection, database: Database) -> None:
    from psycopg import sql

    name, user = sql.Identifier(database.database), sql.Identifier(database.user)
    await admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    await admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(user))


async def _exists(admin: AsyncConnection, catalogue: str, column: str, name: str) -> bool:
    from psycopg import sql

    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}")
    parts = sql.Identifier(catalogue), sql.Identifier(column), sql.Literal(name)
    cursor = await admin.execute(query.format(*parts))
    return await cursor.fetchone() is not None


def _word(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
