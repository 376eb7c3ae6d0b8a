"""What the catalogue lacks but Heroku may have."""

from __future__ import annotations

import pytest

from localheroku.core.catalogue import load


@pytest.mark.parametrize(
    ("name", "connections", "megabytes"),
    [
        ("heroku-postgresql:premium-12", 500, 4 * 1024 * 1024),
        ("heroku-postgresql:standard-1", 120, 64 * 1024),
        ("heroku-redis:premium-4", 400, 500),
        ("memcachier:1000", None, 500),
        ("rediscloud:100", None, None),
        ("acme-errors:small", None, None),
    ],
)
def test_an_unknown_plan_has_the_limits_of_the_nearest(
    name: str, connections: int | None, megabytes: int | None
) -> None:
    plan = load().orderable_plan(name)
    assert plan is not None
    assert (plan.name, plan.connection_limit, plan.cents) == (name, connections, None)
    assert plan.megabytes == megabytes
    assert load().plan(name) is None
    assert name.partition(":")[0] in {"acme-errors", *load().services}


@pytest.mark.parametrize("name", ["acme-errors", "Acme:small", "acme:", ":small", "a b:c"])
def test_a_malformed_plan_is_unknown(name: str) -> None:
    assert load().orderable_plan(name) is None


@pytest.mark.parametrize(
    ("name", "found"),
    [("heroku-99", "heroku-99"), ("heroku-24", "heroku-24"), ("heroku-18", None), ("cnb", None)],
)
def test_a_stack_may_be_newer(name: str, found: str | None) -> None:
    stack = load().orderable_stack(name)
    assert (stack and stack.name) == found
