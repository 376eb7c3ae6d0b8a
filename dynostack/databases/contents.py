"""The contents of a database, summarized so that two databases can be compared.

The summary of a table is its number of rows and a checksum: the sum of the hashes of all rows as
text, which does not depend on their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString, TypeVar

from pydantic import BaseModel, ConfigDict

from dynostack.databases.sessions import connected

if TYPE_CHECKING:
    from psycopg import Connection, sql

T = TypeVar("T")

CHECKSUM_BYTES = 5 << 30
"""The size above which only the rows of a table are counted: a checksum would take minutes."""

# The same text for the same value, whatever the database's settings are.
SETTINGS: dict[LiteralString, LiteralString] = {
    "search_path": "pg_catalog",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "row_security": "off",
    "statement_timeout": "0",
}

# PostgreSQL writes an expression differently after a copy: `status IN ('a')` on a varchar is
# `(status)::text = ANY ((ARRAY['a'::character varying])::text[])` before it, and
# `(status)::text = ANY (ARRAY[('a'::character varying)::text])` afterwards.  A database of 2022 has
# its extensions in heroku_ext, others in public:
# https://help.heroku.com/ZOFBHJCJ/heroku-postgres-extension-schema-restrictions
UNSTABLE = re.compile(
    r"""
    ::(?:character\ varying|bit\ varying|double\ precision
        |(?:timestamp|time)\ with(?:out)?\ time\ zone|"[^"]+"|[\w.]+)
    (?:\(\d+(?:,\d+)?\))?(?:\[\])*
    |[()]
    |\b(?:public|heroku_ext)\.
    """,
    re.VERBOSE,
)
"""Casts, parentheses and schemas in the text of an expression."""

# The schema _heroku is Heroku's own and cannot be read: https://github.com/heroku/cli/pull/1648
OWN: LiteralString = """
  n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_heroku')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')
"""
"""The condition for objects of the app: not PostgreSQL's own, Heroku's or an extension's."""

TABLES: LiteralString = """
SELECT n.nspname, c.relname, pg_table_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND {own} ORDER BY 1, 2
"""


@dataclass(frozen=True)
class ComparedKind:
    """One kind of object that is compared."""

    name: str
    query: LiteralString
    """Selects the name of each object, and the text to compare."""
    oid: LiteralString = "c.oid"
    """The expression that OWN looks up in pg_depend, to exclude objects of extensions."""
    is_expression: bool = False
    """Whether the text is an expression, which a copy may write differently."""


EXTENSION = "extension"
KINDS = (
    ComparedKind(EXTENSION, "SELECT extname, '' FROM pg_extension"),
    ComparedKind("large object", "SELECT oid::text, '' FROM pg_largeobject_metadata"),
    ComparedKind(
        "sequence",
        """
        SELECT format('%s.%s', n.nspname, c.relname),
               coalesce(pg_sequence_last_value(c.oid)::text, '')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND {own}
        """,
    ),
    ComparedKind(
        "index",
        """
        SELECT format('%s.%s', n.nspname, c.relname),
               pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_index i ON i.indexrelid = c.oid
        WHERE {own}
        """,
        "i.indrelid",
        is_expression=True,
    ),
    # Without NOT NULL, which only PostgreSQL 18 lists as constraints, under generated names.
    ComparedKind(
        "constraint",
        """
        SELECT format('%s.%s %s', n.nspname, c.relname, o.conname), pg_get_constraintdef(o.oid)
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE o.contype <> 'n' AND {own}
        """,
        is_expression=True,
    ),
    ComparedKind(
        "column",
        """
        SELECT format('%s.%s %s', n.nspname, c.relname, a.attname),
               concat_ws(
                 ' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                 a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
               )
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {own}
        """,
        is_expression=True,
    ),
    ComparedKind(
        "policy",
        """
        SELECT format('%s.%s %s', n.nspname, c.relname, p.polname),
               concat_ws(
                 ' ', c.relrowsecurity, c.relforcerowsecurity, p.polcmd, p.polpermissive,
                 pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
               )
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {own}
        """,
        is_expression=True,
    ),
    # Views, materialized views, partitioned tables and foreign tables: only whether they exist.
    ComparedKind(
        "relation",
        """
        SELECT format('%s.%s', n.nspname, c.relname), c.relkind::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm', 'p', 'f') AND {own}
        """,
    ),
    ComparedKind(
        "function",
        """
        SELECT format(
                 '%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)
               ),
               md5(p.prosrc)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {own}
        """,
        "p.oid",
    ),
    # Up to PostgreSQL 14, a partition's own copy of a trigger was internal.
    ComparedKind(
        "trigger",
        """
        SELECT format('%s.%s %s', n.nspname, c.relname, t.tgname), t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND {own}
        """,
    ),
)


class TableContents(BaseModel):
    """A table's rows."""

    model_config = ConfigDict(frozen=True)

    rows: int
    checksum: str | None
    """None if the table is too large for a checksum."""


class Contents(BaseModel):
    """A database's contents."""

    model_config = ConfigDict(frozen=True)

    tables: dict[str, TableContents]
    objects: dict[str, dict[str, str]]
    """Kind -> name -> the text to compare."""

    @property
    def rows(self) -> int:
        """Return the number of rows in all tables."""
        return sum(each.rows for each in self.tables.values())

    @property
    def unsummed(self) -> list[str]:
        """Return the tables without a checksum."""
        return [name for name, each in self.tables.items() if each.checksum is None]


def read_contents(url: str) -> Contents:
    """Read the contents of a database, all as of the same moment.

    Args:
        url: the database's URL.

    Raises:
        StepFailed: the database cannot be read.
    """
    with connected(url) as connection:
        for name, value in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = connection.execute(_own(TABLES)).fetchall()
        tables = {
            f"{schema}.{name}": _table(connection, schema, name, size)
            for schema, name, size in found
        }
        objects = {kind.name: _objects(connection, kind) for kind in KINDS}
        return Contents(tables=tables, objects=objects)


def _objects(connection: Connection, kind: ComparedKind) -> dict[str, str]:
    found = connection.execute(_own(kind.query, kind.oid))
    named = {str(name).replace("heroku_ext.", "public."): str(text) for name, text in found}
    if kind.is_expression:
        return {name: UNSTABLE.sub("", text) for name, text in named.items()}
    return named


def _own(query: LiteralString, oid: LiteralString = "c.oid") -> sql.Composed:
    from psycopg import sql

    return sql.SQL(query).format(own=sql.SQL(OWN).format(oid=sql.SQL(oid)))


def _table(connection: Connection, schema: str, name: str, size: int) -> TableContents:
    from psycopg import sql

    table = sql.Identifier(schema, name)
    if size > CHECKSUM_BYTES:
        row = connection.execute(sql.SQL("SELECT count(*) FROM ONLY {}").format(table)).fetchone()
        return TableContents(rows=int(row[0]) if row else 0, checksum=None)
    # Just `t` would be the column, if there is one of this name.
    statement = "SELECT count(*), sum(hashtextextended(ROW(t.*)::text, 0)) FROM ONLY {} t"
    row = connection.execute(sql.SQL(statement).format(table)).fetchone()
    rows, checksum = row or (0, None)
    return TableContents(rows=rows, checksum=str(checksum or 0))


def differences(old: Contents, new: Contents) -> Iterator[str]:
    """Yield a description of each difference, without any data."""
    for name, before, after in _pairs(old.tables, new.tables):
        if before is None:
            yield f"table {name} is only in the new database"
        elif after is None:
            yield f"table {name} is missing from the new database"
        elif before.rows != after.rows:
            yield f"table {name} has {after.rows:,} rows in the new database, not {before.rows:,}"
        elif None not in (before.checksum, after.checksum) and before != after:
            yield f"table {name} has the same number of rows, but different values"
    for kind in old.objects.keys() | new.objects.keys():
        was, now = old.objects.get(kind, {}), new.objects.get(kind, {})
        for name, earlier, later in _pairs(was, now):
            if later is None:
                yield f"{kind} {name} is missing from the new database"
            elif earlier is None and kind == EXTENSION:
                pass  # a new database has some already, such as pg_stat_statements
            elif earlier is None:
                yield f"{kind} {name} is only in the new database"
            elif earlier != later:
                yield f"{kind} {name} differs"


def _pairs(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    for name in sorted(old.keys() | new.keys()):
        yield name, old.get(name), new.get(name)
