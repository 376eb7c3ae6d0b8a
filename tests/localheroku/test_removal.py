"""Apps that are destroyed while their dynos start."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from localheroku.core.state import Settings
from tests.localheroku.api.test_slugs import packed
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends
from tests.localheroku.test_real_backends import running

SOAK = "DYNOSTACK_SOAK" in os.environ
ROUNDS = 300 if SOAK else 10
LATEST_SECONDS = 0.5
"""The most seconds between the change that restarts the dynos and the removal of their app."""
LONGEST_SECONDS = 30
"""Seconds; a dyno has ten to stop, so a longer removal never ends."""
# The shell's child keeps the dyno's output open, as the processes of a web server do.
COMMAND = "sleep 61 & sleep 61 & wait"


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep all cores busy."""
    cores = os.cpu_count() or 1
    burning = [subprocess.Popen([sys.executable, "-c", "while 1: pass"]) for _ in range(cores)]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


def left() -> list[str]:
    """Return the dynos' processes below this one."""
    children = psutil.Process().children(recursive=True)
    return [child.name() for child in children if child.name() in {"sh", "dash", "sleep"}]


@pytest.mark.e2e
async def test_an_app_whose_dynos_are_starting_can_be_destroyed(
    settings: Settings, backends: FakeBackends
) -> None:
    archive = packed(index="hello")
    async with running(settings, backends) as api:
        with busy_cores():
            for number in range(ROUNDS):
                name = f"shop-{number}"
                await started(api, name, archive)
                await api.patch(f"/apps/{name}/config-vars", {"ROUND": str(number)})
                await asyncio.sleep(LATEST_SECONDS * number / ROUNDS)
                async with asyncio.timeout(LONGEST_SECONDS):
                    await api.delete(f"/apps/{name}")
                assert (await api.call("GET", f"/apps/{name}")).status == 404
        assert left() == []


@pytest.mark.e2e
async def test_of_two_concurrent_removals_one_gets_not_found(
    settings: Settings, backends: FakeBackends
) -> None:
    async with running(settings, backends) as api:
        await started(api, "shop", packed(index="hello"))

        answers = await asyncio.gather(*(api.call("DELETE", "/apps/shop") for _ in range(2)))

        assert sorted(answer.status for answer in answers) == [200, 404]
        assert left() == []


@pytest.mark.e2e
async def test_dynos_started_while_an_app_is_destroyed_end_with_it(
    settings: Settings, backends: FakeBackends
) -> None:
    async with running(settings, backends) as api:
        await started(api, "shop", packed(index="hello"))
        await api.addon("heroku-postgresql:essential-0")

        removing = asyncio.create_task(api.delete("/apps/shop"))
        for _ in range(1000):
            answer = await api.call("POST", "/apps/shop/dynos", {"command": COMMAND})
            if answer.status == 404:
                break
        await removing

        assert answer.status == 404
        assert left() == []


async def started(api: Api, name: str, archive: bytes) -> None:
    """Create an app with a dyno."""
    await api.app(name)
    slug = await api.post(f"/apps/{name}/slugs", {"process_types": {"web": COMMAND}})
    async with api.session.put(slug["blob"]["url"], data=archive) as response:
        assert response.status == 200
    await api.post(f"/apps/{name}/releases", {"slug": slug["id"]})
    for _ in range(3000):
        if await api.get(f"/apps/{name}/dynos"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{name} has no dynos")
