"""`pulumi up` on a Heroku that fails at any one call: the next `up` is enough."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.durability.worlds import SOAK, Breakable, break_each

pytestmark = pytest.mark.e2e

KINDS = (
    *("reset-before", "reset-after", "error", "truncate", "rate-limit"),
    *("latency", "stuck", "failed", "unseen"),
)
SAMPLE = {"reset-after": (13,), "error": (8,), "truncate": (15,)}
STUCK_SECONDS = 1.0
"""How long an update waits for what is held up."""


@pytest.mark.parametrize("kind", KINDS if SOAK else SAMPLE)
def test_the_next_update_converges(world: Breakable, kind: str, subtests: pytest.Subtests) -> None:
    break_each(SAMPLE.get(kind, ()), subtests, lambda call: converges(world, kind, call))


def converges(world: Breakable, kind: str, call: int) -> bool:
    """Whether so many calls were made that the fault was met."""
    world.begin()
    world.break_at(kind, call)
    (fault,) = mended_on_the_way(world) if kind == "stuck" else mended_after(world)
    world.converge()
    return bool(fault["struck"])


def mended_after(world: Breakable) -> list[dict[str, Any]]:
    world.up()
    return world.mend()


def mended_on_the_way(world: Breakable) -> list[dict[str, Any]]:
    """While the update waits for what is held up."""
    with ThreadPoolExecutor(1) as pool:
        update = pool.submit(world.up)
        while not (update.done() or world.struck()):
            time.sleep(0.1)
        time.sleep(STUCK_SECONDS)
        faults = world.mend()
        update.result()
    return faults
