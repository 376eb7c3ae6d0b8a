"""The database and role of one add-on: their record, and the SQL that creates and drops them.

A database that is being replaced has a successor and then a predecessor, under names derived from
its own, so that the leftovers of an interrupted replacement can be found.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from localheroku.addons.postgres import versions
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import AsyncConnection

    from localheroku.core.addon_service import AddonRequest

LETTERS = string.ascii_lowercase + string.digits
UNLIMITED = -1
SUCCESSOR, PREDECESSOR = "_next", "_last"
REPLACE_ATTEMPTS = 5


@dataclass(frozen=True)
class DatabaseRecord:
    """The database and role of one add-on; names and password look like Heroku's."""

    database: str
    user: str
    password: str
    plan: str
    connection_limit: int | None
    server_version: str = versions.FIRST
    """The major version of its server; missing in records from before there were several."""

    @classmethod
    def generate(cls, request: AddonRequest) -> DatabaseRecord:
        """Return a new record with random names and password."""
        return cls(
            database="d" + _random_word(13),
            user="u" + _random_word(13),
            password=generate_password(),
            plan=request.plan,
            connection_limit=request.connection_limit,
            server_version=requested_version(request),
        )

    @property
    def limit(self) -> int:
        """The connection limit as PostgreSQL writes it."""
        return UNLIMITED if self.connection_limit is None else self.connection_limit

    def url(self, host: str, port: int) -> str:
        return f"postgres://{self.user}:{self.password}@{host}:{port}/{self.database}"

    @property
    def successor(self) -> DatabaseRecord:
        return replace(self, database=f"{self.database}{SUCCESSOR}")

    @property
    def predecessor(self) -> DatabaseRecord:
        return replace(self, database=f"{self.database}{PREDECESSOR}")


def requested_version(request: AddonRequest) -> str:
    """Return the major version of a new database."""
    return request.version or versions.DEFAULT


def generate_password() -> str:
    return "p" + secrets.token_hex(32)


async def create(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Create the role and the database, or whichever is missing."""
    from psycopg import sql

    user = sql.Identifier(database.user)
    await _revoke_common_access(admin)
    if not await _exists(admin, "pg_roles", "rolname", database.user):
        create_role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        await admin.execute(create_role.format(user, _verifier(admin, database)))
    await limit(admin, database)
    if not await _exists(admin, "pg_database", "datname", database.database):
        name = sql.Identifier(database.database)
        await admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, user))
    await _revoke_public_access(admin, database)


async def limit(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Set the connection limit to that of the record."""
    from psycopg import sql

    # On the role, as an owner could raise the limit of the database itself.
    statement = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}")
    await admin.execute(
        statement.format(sql.Identifier(database.user), sql.Literal(database.limit))
    )


async def set_password(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Make the record's password the only one that the role accepts."""
    from psycopg import sql

    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    user = sql.Identifier(database.user)
    await admin.execute(statement.format(user, _verifier(admin, database)))


async def settings(admin: AsyncConnection, database: DatabaseRecord) -> dict[str, str]:
    """Return the settings of the role; they belong to the role, not to the database's contents."""
    statement = "SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = %s"
    cursor = await admin.execute(statement, (database.user,))
    return {
        name: value for (row,) in await cursor.fetchall() for name, _, value in [row.partition("=")]
    }


async def change_settings(
    admin: AsyncConnection, database: DatabaseRecord, values: Mapping[str, str]
) -> None:
    """Change settings of the role, for connections opened from now on."""
    from psycopg import sql

    statement = sql.SQL("ALTER ROLE {} SET {} = {}")
    for name, value in values.items():
        parts = sql.Identifier(database.user), sql.Identifier(name), sql.Literal(value)
        await admin.execute(statement.format(*parts))


async def drop(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Drop the database, the leftovers of a replacement, and the role."""
    from psycopg import sql

    for one in (database, database.successor, database.predecessor):
        await drop_database(admin, one)
    await admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(database.user)))


async def drop_database(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Drop only a database, even while clients are connected to it."""
    from psycopg import sql

    name = sql.Identifier(database.database)
    await admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


async def disconnect(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """End every connection to the database."""
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        (database.database,),
    )


async def replace_by_successor(admin: AsyncConnection, database: DatabaseRecord) -> None:
    """Replace the database with its successor in one step, and drop the old one.

    Raises:
        ServiceFailed: clients keep reconnecting; nothing was changed.
    """
    from psycopg.errors import ObjectInUse

    await drop_database(admin, database.predecessor)
    for _ in range(REPLACE_ATTEMPTS):
        try:
            async with admin.transaction():
                await disconnect(admin, database)
                await _rename(admin, database, database.predecessor)
                await _rename(admin, database.successor, database)
        except ObjectInUse:
            continue
        await drop_database(admin, database.predecessor)
        return
    raise ServiceFailed("the database is in use: stop the clients that keep reconnecting to it")


async def _rename(admin: AsyncConnection, old: DatabaseRecord, new: DatabaseRecord) -> None:
    from psycopg import sql

    names = sql.Identifier(old.database), sql.Identifier(new.database)
    await admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


async def _revoke_public_access(admin: AsyncConnection, database: DatabaseRecord) -> None:
    from psycopg import sql

    name = sql.Identifier(database.database)
    await admin.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))


async def _revoke_common_access(admin: AsyncConnection) -> None:
    await admin.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")


def _verifier(admin: AsyncConnection, database: DatabaseRecord) -> object:
    """Return the password's verifier, so that a failing statement puts no password in the log."""
    from psycopg import sql

    password, user = database.password.encode(), database.user.encode()
    return sql.Literal(admin.pgconn.encrypt_password(password, user, b"scram-sha-256").decode())


async def _exists(admin: AsyncConnection, catalogue: str, column: str, name: str) -> bool:
    from psycopg import sql

    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}")
    parts = sql.Identifier(catalogue), sql.Identifier(column), sql.Literal(name)
    cursor = await admin.execute(query.format(*parts))
    return await cursor.fetchone() is not None


def _random_word(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
