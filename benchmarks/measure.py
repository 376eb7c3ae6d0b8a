"""Comparisons of two programs by one figure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """One figure for dynostack and another program; has all runs, so that the spread is visible."""

    name: str
    unit: str
    beside: str
    ours: list[float]
    theirs: list[float]


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], runs: int
) -> tuple[list[float], list[float]]:
    """Measure both sides alternately, so that changes of the machine's speed affect both.

    Each has one warm-up run.
    """
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def seconds(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
