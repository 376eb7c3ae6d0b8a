"""A local Heroku that is killed at any one call of `pulumi up`: nothing it has told is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dynostack.heroku.addons.memcached.server import running_below
from dynostack.heroku.control.recorder.masking import masked
from tests.durability.worlds import SETTLE_SECONDS, SOAK, Breakable, break_each, databases

pytestmark = pytest.mark.e2e

KINDS = ("kill-before", "kill-after", "kill-answered")
SAMPLE = {"kill-after": (14,), "kill-answered": (12,)}
PASSING = {
    *("released_at", "release", "slug", "slug_size", "state", "status", "updated_at"),
    *("config_vars", "buildpack_provided_description"),
}
"""What goes on changing by itself, or by a later call of the update."""


@pytest.mark.parametrize("kind", KINDS if SOAK else SAMPLE)
def test_nothing_that_was_told_is_lost(
    world: Breakable, kind: str, subtests: pytest.Subtests
) -> None:
    break_each(SAMPLE.get(kind, ()), subtests, lambda call: survives(world, kind, call))


def survives(world: Breakable, kind: str, call: int) -> bool:
    """Whether so many calls were made that the fault was met."""
    world.begin()
    world.break_at(kind, call)

    met = up_with_a_watch(world)

    world.mend()
    assert not (gone := list(lost(world))), gone
    assert not (still := amiss(world)), still
    world.converge()
    return met


def up_with_a_watch(world: Breakable) -> bool:
    """An update during which the local Heroku is started again when it dies; whether it did."""
    with ThreadPoolExecutor(1) as pool:
        update = pool.submit(world.up)
        while not (died := world.server.process() is None) and not update.done():
            time.sleep(0.1)
        world.server.start()
        update.result()
    return died


def lost(world: Breakable) -> Iterator[tuple[str, Any, Any]]:
    """What is now otherwise than the answers said that the recorder kept."""
    for call in world.server.control("GET", "/recorder/calls"):
        made, path = call["method"] == "POST", call["path"]
        if call["status"] >= 300 or not (made or call["method"] == "PATCH") or path == "/sources":
            continue
        told = call["response"]
        path = f"{path}/{told['id']}" if made else path
        found = masked(path, world.heroku(path))
        if other := {name for name in told.keys() - PASSING if found.get(name) != told[name]}:
            yield path, other, found


def amiss(world: Breakable) -> list[tuple[str, object]]:
    """Which of the databases, caches and dynos that the API tells of there are not."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        names = [app["name"] for app in world.heroku("/apps")]
        found = [(name, each) for name in names for each in stopped(world, name)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def stopped(world: Breakable, app: str) -> Iterator[object]:
    services = [one["addon_service"]["name"] for one in world.heroku(f"/apps/{app}/addons")]
    caches = len(running_below(world.world.heroku_data / "memcachier"))
    if caches != services.count("memcachier"):
        yield f"{caches} caches for {services}"
    url = world.heroku(f"/apps/{app}/config-vars").get("DATABASE_URL")
    if "heroku-postgresql" in services and (url is None or databases(url) != ["own"]):
        yield f"no database at {url}"
    wanted = sum(process["quantity"] for process in world.heroku(f"/apps/{app}/formation"))
    dynos = [dyno["state"] for dyno in world.heroku(f"/apps/{app}/dynos")]
    if dynos != ["up"] * wanted:
        yield f"{wanted} dynos are {dynos}"
