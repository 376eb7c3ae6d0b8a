"""`pulumi up` on a Heroku that fails at any one call: the next `up` is enough."""

from __future__ import annotations

import pytest

from tests.durability.worlds import SOAK, Breakable, break_each

pytestmark = pytest.mark.e2e

KINDS = ("reset-before", "reset-after", "error", "truncate", "rate-limit")
SAMPLE = {"reset-after": (13,), "error": (8,), "truncate": (15,)}


@pytest.mark.parametrize("kind", KINDS if SOAK else SAMPLE)
def test_the_next_update_converges(world: Breakable, kind: str, subtests: pytest.Subtests) -> None:
    break_each(SAMPLE.get(kind, ()), subtests, lambda call: converges(world, kind, call))


def converges(world: Breakable, kind: str, call: int) -> bool:
    """Whether so many calls were made that the fault was met."""
    world.begin()
    world.break_at(kind, call)
    world.up()
    (fault,) = world.mend()
    world.converge()
    return bool(fault["struck"])
