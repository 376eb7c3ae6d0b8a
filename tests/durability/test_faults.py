"""`pulumi up` on a Heroku that fails at any one call: the next `up` is enough."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.durability.worlds import REDUCTION, SOAK, Breakable, break_each

pytestmark = pytest.mark.e2e

KINDS = (
    *("reset-before", "reset-after", "error", "truncate", "rate-limit"),
    *("latency", "stuck", "failed", "unseen"),
)
SAMPLE = {"reset-after": (13,), "error": (8,), "truncate": (15,)}
STUCK_SECONDS = 1.0
"""How long an update waits for what is held up."""

REMOVED = (
    "/addon-attachments/{attachment}",
    "/apps/{app}/addons/{addon}",
    "/apps/{app}/collaborators/{collaborator}",
    "/apps/{app}/domains/{domain}",
    "/apps/{app}/log-drains/{drain}",
    "/pipeline-couplings/{coupling}",
    "/pipelines/{pipeline}",
)
"""What an update to less removes, each with a call of its own."""


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


@pytest.mark.parametrize("kind", ["truncate", "reset-after"] if SOAK else ["truncate"])
def test_what_was_removed_is_known_to_be_gone(world: Breakable, kind: str) -> None:
    world.begin(REDUCTION)
    for path in REMOVED:
        world.lose_an_answer(kind, f"DELETE {path}")

    world.converge()

    assert [fault["struck"] for fault in world.mend()] == [1] * len(REMOVED)
