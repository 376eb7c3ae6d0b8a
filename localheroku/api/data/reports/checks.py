"""Checks of a database, as SQL: each row that a check returns is a possible problem.

No check waits for a lock, because locks are among the problems that the checks look for.

https://devcenter.heroku.com/articles/heroku-postgresql#pg-diagnose
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

RED, YELLOW, GREEN = "red", "yellow", "green"


@dataclass(frozen=True)
class DiagnosticCheck:
    """A check of a database; `severity` is its status if the statement returns any row."""

    name: str
    severity: str
    statement: LiteralString


CHECKS = (
    DiagnosticCheck(
        "Connection Count",
        RED,
        """
        SELECT count(*)::int AS count, rolconnlimit AS limit
        FROM pg_stat_activity JOIN pg_roles ON rolname = usename
        WHERE datname = current_database() AND rolconnlimit > 0
        GROUP BY rolconnlimit HAVING count(*) >= 0.9 * rolconnlimit
        """,
    ),
    DiagnosticCheck(
        "Long Queries",
        RED,
        """
        SELECT pid, (now() - query_start)::text AS duration, left(query, 200) AS query
        FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
          AND now() - query_start > interval '1 minute'
        """,
    ),
    DiagnosticCheck(
        "Idle in Transaction",
        RED,
        """
        SELECT pid, (now() - state_change)::text AS duration, left(query, 200) AS query
        FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'
          AND now() - state_change > interval '1 minute'
        """,
    ),
    DiagnosticCheck(
        "Blocking Queries",
        RED,
        """
        SELECT blocker.pid AS blocking_pid, left(blocker.query, 200) AS blocking_statement,
               blocked.pid AS blocked_pid, left(blocked.query, 200) AS blocked_statement
        FROM pg_stat_activity blocked
        JOIN pg_stat_activity blocker ON blocker.pid = ANY (pg_blocking_pids(blocked.pid))
        WHERE blocked.datname = current_database()
        """,
    ),
    DiagnosticCheck(
        "Unused Indexes",
        YELLOW,
        """
        SELECT schemaname || '.' || s.relname AS table, indexrelname AS index,
               pg_size_pretty(relpages * 8192::bigint) AS size
        FROM pg_stat_user_indexes s
        JOIN pg_index USING (indexrelid) JOIN pg_class c ON c.oid = indexrelid
        WHERE idx_scan = 0 AND NOT indisunique AND relpages > 128
        """,
    ),
    DiagnosticCheck(
        "Hit Rate",
        YELLOW,
        """
        SELECT round(sum(heap_blks_hit) / sum(heap_blks_hit + heap_blks_read), 3)::text AS ratio
        FROM pg_statio_user_tables
        HAVING sum(heap_blks_hit + heap_blks_read) > 10000
           AND sum(heap_blks_hit) < 0.99 * sum(heap_blks_hit + heap_blks_read)
        """,
    ),
    DiagnosticCheck(
        "Sequences",
        YELLOW,
        """
        SELECT schemaname || '.' || sequencename AS sequence, last_value, max_value
        FROM pg_sequences WHERE last_value > 0.75 * max_value
        """,
    ),
)
