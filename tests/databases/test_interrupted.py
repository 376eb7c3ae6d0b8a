"""Tests of what is known about a move that was interrupted on another machine."""

from __future__ import annotations

import asyncio

import pytest

from dynostack.databases.interrupted import left_down
from tests.databases.world import APP, MoveWorld

MAINTENANCE_OFF = f"heroku maintenance:off --app {APP}"


async def advice(world: MoveWorld) -> list[str]:
    record = await asyncio.to_thread(world.record)
    return await asyncio.to_thread(lambda: [*left_down(world.project, record)])


@pytest.mark.parametrize(
    ("quantity", "commands"),
    [(1, MAINTENANCE_OFF), (0, f"heroku ps:scale web=1 worker=1 --app {APP} && {MAINTENANCE_OFF}")],
)
async def test_an_app_that_is_down_gets_the_commands_that_start_it(
    world: MoveWorld, quantity: int, commands: str
) -> None:
    updates = [{"type": each, "quantity": quantity} for each in ("web", "worker")]
    await world.api.patch(f"/apps/{APP}/formation", {"updates": updates})
    await world.api.patch(f"/apps/{APP}", {"maintenance": True})
    (line,) = await advice(world)
    assert line.endswith(f"if so, run afterwards: {commands}")


async def test_an_app_that_is_up_needs_no_advice(world: MoveWorld) -> None:
    assert await advice(world) == []
