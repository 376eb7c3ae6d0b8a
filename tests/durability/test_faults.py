"""`pulumi up` on a Heroku that fails at any one call: the next `up` is enough."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.durability.worlds import REDUCTION, SOAK, Breakable, break_each

pytestmark = [pytest.mark.e2e, pytest.mark.long]

KINDS = (
    *("reset-before", "reset-after", "error", "truncate", "rate-limit"),
    *("latency", "stuck", "failed", "unseen"),
)
SAMPLE = {"reset-after": (13,), "error": (8,), "truncate": (15,)}
STUCK_SECONDS = 1.0
"""How long an update waits for a stuck add-on or build."""

REMOVED = (
    "/addon-attachments/{attachment}",
    "/apps/{app}/addons/{addon}",
    "/apps/{app}/collaborators/{collaborator}",
    "/apps/{app}/domains/{domain}",
    "/apps/{app}/log-drains/{drain}",
    "/pipeline-couplings/{coupling}",
    "/pipelines/{pipeline}",
)
"""What a reducing update removes, each with its own call."""


@pytest.mark.parametrize("kind", KINDS if SOAK else SAMPLE)
def test_the_next_update_converges(world: Breakable, kind: str, subtests: pytest.Subtests) -> None:
    break_each(SAMPLE.get(kind, ()), subtests, lambda call: converges(world, kind, call))


def converges(world: Breakable, kind: str, call: int) -> bool:
    """Return whether the update made enough calls to hit the fault."""
    world.begin()
    world.break_at(kind, call)
    (fault,) = cleared_during_update(world) if kind == "stuck" else cleared_after(world)
    world.converge()
    return bool(fault["struck"])


def cleared_after(world: Breakable) -> list[dict[str, Any]]:
    world.up()
    return world.clear_faults()


def cleared_during_update(world: Breakable) -> list[dict[str, Any]]:
    """Clear the faults while the update waits for what they hold up."""
    with ThreadPoolExecutor(1) as pool:
        update = pool.submit(world.up)
        while not (update.done() or world.struck()):
            time.sleep(0.1)
        time.sleep(STUCK_SECONDS)
        faults = world.clear_faults()
        update.result()
    return faults


@pytest.mark.parametrize("kind", ["truncate", "reset-after"] if SOAK else ["truncate"])
def test_removed_resources_are_known_to_be_removed(world: Breakable, kind: str) -> None:
    world.begin(REDUCTION)
    for path in REMOVED:
        world.lose_an_answer(kind, f"DELETE {path}")

    world.converge()

    assert [fault["struck"] for fault in world.clear_faults()] == [1] * len(REMOVED)
