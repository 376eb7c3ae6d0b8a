"""Tests of a move's steps on real databases: what it does, and what a failure leaves."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable

import psycopg
import pytest

from dynostack.databases import site, writers
from dynostack.databases.app import HerokuApp
from dynostack.databases.errors import MoveError, MoveRefused
from dynostack.databases.move import go_back
from dynostack.inventory.databases import read_database
from tests.databases.test_contents import MARKS
from tests.databases.world import APP, MoveWorld
from tests.localheroku.control.control_client import ControlClient

pytestmark = pytest.mark.long

SOAK = "DYNOSTACK_SOAK" in os.environ
LOST = ("reset-before", "reset-after", "error", "truncate")


async def test_everything_is_in_the_new_database(world: MoveWorld) -> None:
    record = await world.move()
    await world.is_on(record.new)
    assert record.downtime > 0
    addon = await world.api.get(f"/addons/{record.new.addon}")
    assert addon["plan"]["name"] == "heroku-postgresql:standard-0"


async def test_the_old_database_stays_and_takes_no_writes(world: MoveWorld) -> None:
    await world.move()
    addon = world.old.addon
    assert await asyncio.to_thread(world.contents, addon) == world.before
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await asyncio.to_thread(world._writes, addon)  # noqa: SLF001


async def test_what_a_copy_describes_differently_is_the_same(world: MoveWorld) -> None:
    with psycopg.connect(await asyncio.to_thread(world.url, world.old.addon)) as connection:
        connection.execute(MARKS)
    record = await world.move()
    assert (await world.live())["DATABASE"] == record.new.name


async def version_of(world: MoveWorld, addon: str) -> str:
    found = await asyncio.to_thread(read_database, world.platform, addon)
    return found.version


async def test_other_versions(world: MoveWorld) -> None:
    for version, plan in (("16", "standard-0"), ("17", "essential-2"), ("18", "premium-0")):
        record = await world.move(await asyncio.to_thread(world.record, plan, version))
        await world.is_on(record.new)
        assert await version_of(world, record.new.addon) == version
        world.old = record.new


async def test_a_backup_was_made_first(world: MoveWorld) -> None:
    await world.move()
    transfers = await world.api.get(f"/client/v11/apps/{APP}/transfers")
    assert [(each["to_name"], each["succeeded"]) for each in transfers] == [
        ("BACKUP", True),
        ("postgres-standard-0", True),
    ]


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("part", range(60) if SOAK else (19, 35))
async def test_a_lost_answer_is_no_failure(world: MoveWorld, kind: str, part: int) -> None:
    control = ControlClient(world.api)
    await control.fault(kind, call=part + 1, count=1)
    record = await world.move()
    await control.clear()
    await world.is_on(record.new)
    addons = await world.api.get(f"/apps/{APP}/addons")
    assert len(addons) == 2


def at(step: str, act: Callable[[], None]) -> Callable[[str], None]:
    """Return a reaction to the line with which a step begins."""
    return lambda line: act() if line.startswith(step) else None


async def test_a_copy_that_fails(world: MoveWorld) -> None:
    control = ControlClient(world.api)
    await control.fault(
        "error", route="POST /client/v11/databases/{addon}/transfers", options={"status": 422}
    )
    with pytest.raises(MoveError, match="nothing is lost") as failure:
        await world.move()
    assert "run the same command again" in str(failure.value)
    await world.is_on(world.old)
    await control.clear()
    record = await world.move()
    await world.is_on(record.new)


async def test_a_write_that_the_copy_misses(world: MoveWorld) -> None:
    def write() -> None:
        with psycopg.connect(world.url(world.new_addon)) as connection:
            connection.execute("DELETE FROM orders WHERE id = 7")

    world.react = at("compare", write)
    with pytest.raises(MoveError, match=r"table public\.orders has 1,999 rows in the new database"):
        await world.move()
    await world.is_on(world.old)
    world.react = lambda _: None
    await world.is_on((await world.move()).new)


async def test_a_changed_value_is_noticed(world: MoveWorld) -> None:
    def write() -> None:
        with psycopg.connect(world.url(world.new_addon)) as connection:
            connection.execute("UPDATE orders SET note = 'other' WHERE id = 7")
            connection.execute("DROP INDEX orders_placed_idx")

    world.react = at("compare", write)
    with pytest.raises(MoveError) as failure:
        await world.move()
    assert "table public.orders has the same number of rows, but different values" in str(
        failure.value
    )
    assert "index public.orders_placed_idx is missing from the new database" in str(failure.value)
    await world.is_on(world.old)


async def test_a_client_that_keeps_connecting(world: MoveWorld) -> None:
    url = await asyncio.to_thread(world.url, world.old.addon)
    over = threading.Event()

    def connect() -> None:
        while not over.is_set():
            try:
                with psycopg.connect(url, application_name="reports on a laptop") as connection:
                    while not over.wait(0.01):
                        connection.execute("SELECT 1")
            except psycopg.OperationalError:
                continue

    thread = threading.Thread(target=connect)
    thread.start()
    try:
        with pytest.raises(MoveError, match=r"reports on a laptop from 127\.0\.0\.1"):
            await world.move()
    finally:
        over.set()
        thread.join()
    await world.is_on(world.old)


async def test_a_site_that_fails_with_the_new_database(
    world: MoveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "BOOT_SECONDS", 0.5)
    path, closed = f"/apps/{APP}", {"maintenance": True}
    world.react = at("wait", lambda: world.platform.send("PATCH", path, closed))
    with pytest.raises(MoveError, match=r"(?s)responds with status 503 .* nothing is lost"):
        await world.move()
    await world.is_on(world.old)


async def test_two_processes_at_once(world: MoveWorld) -> None:
    with (
        world.file.locked(),
        pytest.raises(MoveRefused, match="another dynostack process"),
        world.file.locked(),
    ):
        pass


async def test_a_client_that_writes_after_the_comparison(world: MoveWorld) -> None:
    def write() -> None:
        with psycopg.connect(world.url(world.old.addon)) as connection:
            connection.execute("SET TRANSACTION READ WRITE")
            connection.execute("INSERT INTO store (name) VALUES ('written at the last moment')")

    world.react = at("attach", write)
    with pytest.raises(MoveError, match=r"(?s)has written to the read-only .* nothing is lost"):
        await world.move()
    world.before = await asyncio.to_thread(world.contents, world.old.addon)
    await world.is_on(world.old)
    world.react = lambda _: None
    await world.is_on((await world.move()).new)


async def test_an_interrupted_move_goes_on(world: MoveWorld) -> None:
    for step in ("back up", "turn on", "copy", "compare", "attach", "start", "wait"):
        world.react = at(step, interrupt)
        with pytest.raises(KeyboardInterrupt):
            await world.move()
    world.react = lambda _: None
    await world.is_on((await world.move()).new)
    assert len(await world.api.get(f"/apps/{APP}/addons")) == 2


def interrupt() -> None:
    raise KeyboardInterrupt


def fail_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site answer well before the move, and with an error after it."""
    answers = iter([200])
    monkeypatch.setattr(site, "BOOT_SECONDS", 0.0)
    monkeypatch.setattr(site, "status", lambda _: next(answers, 500))


async def test_rows_in_the_new_database_are_not_left_behind(
    world: MoveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with psycopg.connect(world.url(world.new_addon)) as connection:
            connection.execute("INSERT INTO store (name) VALUES ('the first customer')")

    fail_afterwards(monkeypatch)
    world.react = at("wait", write)
    with pytest.raises(MoveError, match="stays on the new database") as failure:
        await world.move()
    assert "table public.store has 101 rows" in str(failure.value)
    world.before = await asyncio.to_thread(world.contents, world.new_addon)
    record = await world.move()
    await world.is_on(record.new)


async def test_a_release_phase_that_fails(
    world: MoveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HerokuApp, "last_release", lambda _: "failed")
    with pytest.raises(MoveError, match=r"the release phase of (shop|reader) failed"):
        await world.move()
    await world.is_on(world.old)


async def test_a_return_that_is_killed_is_repeated(
    world: MoveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_afterwards(monkeypatch)
    readmit = writers.readmit

    def killed(url: str) -> None:
        if "switch back to the old database" in world.said:
            raise KeyboardInterrupt
        readmit(url)

    monkeypatch.setattr(writers, "readmit", killed)
    with pytest.raises(KeyboardInterrupt):
        await world.move()
    monkeypatch.undo()
    await world.is_on((await world.move()).new)


async def test_a_process_type_that_is_gone_is_not_scaled(world: MoveWorld) -> None:
    app = HerokuApp(world.platform, APP)
    await asyncio.to_thread(app.scale, {"web": 0, "gone": 1})
    assert (await world.runs())[1]["web"] == 0


async def test_a_row_written_between_two_runs_is_copied(world: MoveWorld) -> None:
    world.react = at("compare", interrupt)
    with pytest.raises(KeyboardInterrupt):
        await world.move()
    begun = await asyncio.to_thread(world.begun)
    await asyncio.to_thread(go_back, begun)
    with psycopg.connect(await asyncio.to_thread(world.url, world.old.addon)) as connection:
        connection.execute("INSERT INTO store (name) VALUES ('late')")
    world.before = await asyncio.to_thread(world.contents, world.old.addon)
    world.react = lambda _: None
    await world.is_on((await world.move()).new)
