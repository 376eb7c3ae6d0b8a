"""Tests of the comparison of two databases' contents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from dynostack.databases.contents import (
    Contents,
    TableContents,
    _table,
    differences,
    read_contents,
)
from dynostack.databases.ending import written_since
from dynostack.databases.errors import StepFailed
from dynostack.databases.sessions import connected, settings
from tests.databases.world import MoveWorld


@pytest.fixture
async def read(world: MoveWorld) -> Callable[[], Contents]:
    url = await asyncio.to_thread(world.url, world.old.addon)
    return lambda: read_contents(url)


def execute(world: MoveWorld, statement: str) -> None:
    with psycopg.connect(world.url(world.old.addon)) as connection:
        connection.execute(statement.encode())


async def test_what_is_compared(world: MoveWorld, read: Callable[[], Contents]) -> None:
    found = await asyncio.to_thread(read)
    assert {name: each.rows for name, each in found.tables.items()} == {
        "public.orders": 2000,
        "public.store": 100,
    }
    assert found.rows == 2100
    assert set(found.objects["extension"]) == {"citext", "hstore", "plpgsql"}
    assert found.objects["sequence"]["public.bills"] == "2999"
    assert [*found.objects["function"]] == ["public.discount(price numeric)"]
    assert [*found.objects["relation"]] == ["public.takings"]
    assert found.unsummed == []


CHANGES = {
    "ALTER TABLE store ALTER name DROP NOT NULL": "column public.store name differs",
    "ALTER TABLE orders ALTER bill SET DEFAULT 7": "column public.orders bill differs",
    "DROP POLICY paid ON marks": "policy public.marks paid is missing",
    "UPDATE marks SET other = 'x'": "table public.marks has the same number",
    "UPDATE orders SET price = price + 1 WHERE id = 5": "table public.orders has the same number",
    "DELETE FROM orders WHERE id = 5": "table public.orders has 1,999 rows",
    "CREATE TABLE more ()": "table public.more is only in the new database",
    "SELECT nextval('bills')": "sequence public.bills differs",
    "DROP VIEW takings": "relation public.takings is missing",
    "DROP INDEX orders_placed_idx": "index public.orders_placed_idx is missing",
    "ALTER TABLE orders DROP CONSTRAINT orders_price_check": "constraint public.orders orders_pric",
    "DROP EXTENSION pgcrypto": "extension pgcrypto is missing from the new database",
    "CREATE OR REPLACE FUNCTION discount(price numeric) RETURNS numeric LANGUAGE sql AS"
    " 'SELECT price'": "function public.discount(price numeric) differs",
    "SELECT lo_create(7)": "large object 7 is only in the new database",
    "UPDATE orders SET note = replace(note, 'a', 'b'), tags = tags || '\"x\"=>NULL'"
    " WHERE id = 9": "different values",
}


MARKS = """
CREATE EXTENSION pgcrypto;
CREATE TABLE marks (t varchar CHECK (t IN ('a', 'b')), other text);
CREATE INDEX marks_index ON marks (other) WHERE t IN ('a', 'b');
CREATE POLICY paid ON marks USING (t IN ('a', 'b'));
INSERT INTO marks VALUES ('a', 'y');
CREATE TABLE parts (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER noting AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION noted();
"""
"""Objects that PostgreSQL describes differently after a copy, or in another version."""


async def test_every_change_is_found(world: MoveWorld, read: Callable[[], Contents]) -> None:
    await asyncio.to_thread(execute, world, MARKS)
    before = await asyncio.to_thread(read)
    for statement, expected in CHANGES.items():
        await asyncio.to_thread(execute, world, statement)
        after = await asyncio.to_thread(read)
        assert any(expected in line for line in differences(before, after)), statement
        assert [*differences(after, after)] == []
        before = after


async def test_the_database_s_settings_change_no_checksum(
    world: MoveWorld, read: Callable[[], Contents]
) -> None:
    before = await asyncio.to_thread(read)
    for setting in ("timezone = 'Asia/Tokyo'", "datestyle = 'German'", "extra_float_digits = -3"):
        statement = f"ALTER ROLE CURRENT_USER SET {setting}"
        await asyncio.to_thread(execute, world, statement)
    assert await asyncio.to_thread(read) == before


async def test_settings_that_a_copy_does_not_contain(world: MoveWorld) -> None:
    def names() -> set[str]:
        with connected(world.url(world.old.addon)) as connection:
            return settings(connection)

    before = await asyncio.to_thread(names)
    await asyncio.to_thread(execute, world, "ALTER ROLE CURRENT_USER SET search_path = a, b")
    assert await asyncio.to_thread(names) - before == {"search_path"}


async def test_a_large_table_is_only_counted(world: MoveWorld) -> None:
    def count() -> TableContents:
        with psycopg.connect(world.url(world.old.addon)) as connection:
            return _table(connection, "public", "orders", 6 << 30)

    assert await asyncio.to_thread(count) == TableContents(rows=2000, checksum=None)


def test_a_table_without_a_checksum_is_compared_by_its_rows() -> None:
    def contents(rows: int) -> Contents:
        tables = {"public.large": TableContents(rows=rows, checksum=None)}
        return Contents(tables=tables, objects={})

    assert [*differences(contents(5), contents(5))] == []
    assert len([*differences(contents(5), contents(6))]) == 1
    assert [*written_since(contents(5), contents(7))] == ["public.large: 2 rows more"]
    assert contents(5).unsummed == ["public.large"]


def test_an_unreachable_database_is_one_sentence() -> None:
    with pytest.raises(StepFailed) as failure:
        read_contents("postgres://user:planted-password@127.0.0.1:9/nowhere")
    assert "planted-password" not in str(failure.value)
    assert "\n" not in str(failure.value)
