"""A local Heroku that is killed at any one call of `pulumi up` loses nothing that it answered."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest

from localheroku.addons.lookup import working_below
from localheroku.addons.memcached import Memcached
from localheroku.control.recorder.masking import mask
from tests.durability.worlds import (
    GROWTH,
    REDUCTION,
    SETTLE_SECONDS,
    SOAK,
    Breakable,
    Change,
    break_each,
    databases,
)

pytestmark = [pytest.mark.e2e, pytest.mark.long]

KINDS = ("kill-before", "kill-after", "kill-answered")
CHANGES = {"growth": GROWTH, "reduction": REDUCTION}
SAMPLE = {("growth", "kill-after"): (14,), ("reduction", "kill-answered"): (11,)}
CASES = [*product(CHANGES, KINDS)] if SOAK else SAMPLE
PASSING = {
    *("released_at", "release", "slug", "slug_size", "state", "status", "updated_at"),
    *("config_vars", "buildpack_provided_description"),
}
"""What changes by itself, or by a later call of the update."""


@pytest.mark.parametrize(("change", "kind"), CASES)
def test_nothing_that_was_answered_is_lost(
    world: Breakable, change: str, kind: str, subtests: pytest.Subtests
) -> None:
    sample = SAMPLE.get((change, kind), ())
    break_each(sample, subtests, lambda call: survives(world, CHANGES[change], kind, call))


def survives(world: Breakable, change: Change, kind: str, call: int) -> bool:
    """Return whether the update made enough calls to hit the fault."""
    world.begin(change)
    world.break_at(kind, call)

    met = up_with_a_watch(world)

    world.clear_faults()
    assert not (gone := list(lost(world))), gone
    assert not (still := amiss(world)), still
    world.converge()
    return met


def up_with_a_watch(world: Breakable) -> bool:
    """Update, and restart the local Heroku when it dies; return whether it did."""
    with ThreadPoolExecutor(1) as pool:
        update = pool.submit(world.up)
        while not (died := world.server.process() is None) and not update.done():
            time.sleep(0.1)
        world.server.start()
        update.result()
    return died


def lost(world: Breakable) -> Iterator[tuple[str, object]]:
    """Return where the state differs from the answers that the recorder kept."""
    for path, answers in last_answers(world.server.control("GET", "/recorder/calls")).items():
        found = mask(path, world.found(path))
        if isinstance(answers, dict) and isinstance(found, dict):
            answers, found = without_passing(answers), {key: found.get(key) for key in answers}
            found = without_passing(found)
        if found != answers:
            yield path, (answers, found)


def last_answers(calls: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the resource at each path by the last answer about it; None if there is none."""
    answers: dict[str, Any] = {}
    for call in calls:
        path, answer = call["path"], call["response"]
        if call["status"] >= 300 or call["method"] == "GET" or path == "/sources":
            continue
        if call["method"] == "DELETE":
            answers |= {path: None, f"{path.rpartition('/')[0]}/{answer['id']}": None}
        elif call["method"] == "POST":
            answers[f"{path}/{answer['id']}"] = answer
        elif path.endswith("/config-vars"):
            # The answer includes those of add-ons, which change.
            answers[path] = {**answers.get(path, {}), **call["request"]}
        else:
            answers[path] = answer
    return answers


def without_passing(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in PASSING}


def amiss(world: Breakable) -> list[tuple[str, object]]:
    """Return the databases, caches and dynos that the API lists but that do not run."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        names = [app["name"] for app in world.heroku("/apps")]
        found = [(name, each) for name in names for each in stopped(world, name)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def stopped(world: Breakable, app: str) -> Iterator[object]:
    services = [one["addon_service"]["name"] for one in world.heroku(f"/apps/{app}/addons")]
    caches = len(working_below(Memcached.PROGRAMS, world.world.heroku_data / "memcachier"))
    if caches != services.count("memcachier"):
        yield f"{caches} caches for {services}"
    url = world.heroku(f"/apps/{app}/config-vars").get("DATABASE_URL")
    if "heroku-postgresql" in services and (url is None or databases(url) != ["own"]):
        yield f"no database at {url}"
    expected = sum(process["quantity"] for process in world.heroku(f"/apps/{app}/formation"))
    dynos = [dyno["state"] for dyno in world.heroku(f"/apps/{app}/dynos")]
    if dynos != ["up"] * expected:
        yield f"{expected} dynos are {dynos}"
