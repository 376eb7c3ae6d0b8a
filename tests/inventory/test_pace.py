"""Tests of the waits for Heroku's rate limit."""

from __future__ import annotations

import time

import pytest

from dynostack.inventory import pace
from dynostack.inventory.pace import Pace


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let time pass without a wait, and record each wait."""
    now, slept = [1000.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds
        slept.append(round(seconds, 3))

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    return slept


def test_nothing_is_waited_for_at_first(slept: list[float]) -> None:
    Pace().wait()
    assert slept == []


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "7"}, 7), ({}, 15), ({"Retry-After": "soon"}, 15)]
)
def test_a_refused_call_is_repeated_later(
    slept: list[float], headers: dict[str, str], seconds: float
) -> None:
    said: list[str] = []
    one = Pace(said.append)
    assert one.refused(headers)
    assert one.refused(headers)  # another thread, at the same time
    one.wait()
    assert slept == [seconds]
    assert said == [f"Heroku's rate limit is reached; going on in {seconds} seconds"]


def test_waits_grow_until_the_error_is_reported(slept: list[float]) -> None:
    one = Pace()
    while one.refused({}):
        one.wait()
    assert slept[:4] == [15, 30, 60, 120]
    assert pace.LONGEST_SECONDS <= sum(slept) <= pace.LONGEST_SECONDS + pace.LONGEST_WAIT_SECONDS


def test_the_last_calls_are_sent_at_the_rate_at_which_heroku_allows_more(
    slept: list[float],
) -> None:
    one = Pace()
    one.accepted({"RateLimit-Remaining": "11"})
    one.wait()
    assert slept == []
    one.accepted({"RateLimit-Remaining": "10"})
    one.wait()
    assert slept == [pace.REFILL_SECONDS]
