"""Database sessions: ours, and those of other clients, which must not write during a copy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, LiteralString

from dynostack.databases.errors import StepFailed

if TYPE_CHECKING:
    from psycopg import Connection

APPLICATION = "dynostack"
CONNECT_SECONDS = 15

OTHERS: LiteralString = """
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
  AND backend_type = 'client backend'
"""
"""The sessions of the database's role, except our own."""
CLIENTS: LiteralString = """
SELECT coalesce(nullif(application_name, ''), 'a client without a name'),
       coalesce(host(client_addr), 'this machine')
"""
LOCK: LiteralString = "default_transaction_read_only"
SETTINGS: LiteralString = """
SELECT split_part(unnest(s.setconfig), '=', 1) AS name FROM pg_db_role_setting s
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
EXCEPT SELECT %s
"""
FIRST_WITH_SHARED_STATISTICS = 150000
STATISTICS_SECONDS = 1.0
"""How long an older PostgreSQL takes at most until it counts what an ended session has written."""

WRITES: LiteralString = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables
"""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect to a database; allow writes even if the database is read-only by default.

    Args:
        url: the database's URL.

    Raises:
        StepFailed: the database cannot be reached, or rejects a statement.
    """
    import psycopg

    try:
        with psycopg.connect(
            url,
            autocommit=True,
            sslmode="require",
            application_name=APPLICATION,
            connect_timeout=CONNECT_SECONDS,
            options=f"-c {LOCK}=off",
        ) as connection:
            yield connection
    except psycopg.Error as error:
        # The whole message may contain values of rows.
        reason = error.diag.message_primary or " ".join(str(error).split())
        raise StepFailed(f"the database cannot be used: {reason}") from None


def forbid_writes(connection: Connection) -> None:
    """Make new sessions read-only by default, and end the sessions that are open now.

    A client can override the default; the comparison after the copy then finds what it wrote.
    """
    _set_default(connection, f"SET {LOCK} = on")
    end_others(connection)


def allow_writes(connection: Connection) -> None:
    """Let new sessions write again."""
    _set_default(connection, f"RESET {LOCK}")


def count_writes(connection: Connection) -> int:
    """Return how many rows were ever inserted, updated and deleted, as PostgreSQL counts them.

    https://www.postgresql.org/docs/current/monitoring-stats.html
    """
    if connection.info.server_version < FIRST_WITH_SHARED_STATISTICS:
        time.sleep(STATISTICS_SECONDS)
    row = connection.execute(WRITES).fetchone()
    return int(row[0]) if row else 0


def end_others(connection: Connection) -> None:
    """End the sessions that are open now; PostgreSQL then counts what they have written."""
    connection.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")


def other_clients(connection: Connection) -> list[str]:
    """Return the clients of other sessions, such as `psql from 10.0.0.7`."""
    rows = connection.execute(f"{CLIENTS} {OTHERS}")
    return sorted({f"{name} from {address}" for name, address in rows})


def extensions(connection: Connection) -> set[str]:
    """Return the names of the extensions that the database uses."""
    return {str(name) for (name,) in connection.execute("SELECT extname FROM pg_extension")}


def available_extensions(connection: Connection) -> set[str]:
    """Return the names of the extensions that could be created in the database."""
    rows = connection.execute("SELECT name FROM pg_available_extensions")
    return {str(name) for (name,) in rows}


def settings(connection: Connection) -> set[str]:
    """Return the names of the settings that ALTER DATABASE or ALTER ROLE gave every session."""
    rows = connection.execute(SETTINGS, (LOCK,))
    return {str(name) for (name,) in rows}


def _set_default(connection: Connection, change: LiteralString) -> None:
    from psycopg import sql

    row = connection.execute("SELECT current_database()").fetchone()
    name = sql.Identifier(row[0] if row else "")
    connection.execute(sql.SQL("ALTER DATABASE {} ").format(name) + sql.SQL(change))
