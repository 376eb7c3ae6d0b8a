"""An adoption that is killed or refused leaves nothing half done, and can be run again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from tests.adopt.world import DYNOSTACK, PASSPHRASE, SECRETS, Adopting
from tests.durability.worlds import SOAK
from tests.recover.proxy import Proxy

pytestmark = [pytest.mark.e2e, pytest.mark.long]

APP = "old-shop"
MOST_CALLS = 120
SAMPLE = {False: (30,), True: (3, 45)}
"""Whether the engine is killed too -> calls before which the adoption is killed."""
END_SECONDS = 60


@pytest.fixture
def proxy(world: Adopting) -> Iterator[Proxy]:
    with Proxy(world.world.heroku.port) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def _begin(world: Adopting) -> Iterator[None]:
    world.forget(APP)
    yield
    world.server.control("DELETE", "/faults")


def killed_adopt(world: Adopting, proxy: Proxy, call: int, *, with_engine: bool) -> bool:
    """Start an adoption and kill it at a call; return whether it got there."""
    started: list[subprocess.Popen[bytes]] = []
    below: list[psutil.Process] = []

    def strike() -> None:
        command = psutil.Process(started[0].pid)
        below.extend(command.children(recursive=True))
        victims = [command, *(below if with_engine else ())]
        for each in victims:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)

    proxy.arm("pause", call, strike)
    variables = {**world.world.variables(), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    # The real process, because the end of a relay does not kill what it relays to.
    process = subprocess.Popen(
        [DYNOSTACK, "adopt", APP],
        cwd=world.directory,
        env={**os.environ, **variables, "HEROKU_API_URL": proxy.url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started.append(process)
    process.wait()
    psutil.wait_procs(below, timeout=END_SECONDS)
    return proxy.struck.is_set()


@pytest.mark.parametrize("with_engine", [False, True], ids=["adopt", "all"])
def test_a_killed_adoption_is_ended_by_a_second_run(
    world: Adopting, proxy: Proxy, with_engine: bool, subtests: pytest.Subtests
) -> None:
    before, there = len(world.writes()), world.there(APP)
    for call in range(1, MOST_CALLS) if SOAK else SAMPLE[with_engine]:
        world.forget(APP)
        if not killed_adopt(world, proxy, call, with_engine=with_engine):
            assert SOAK
            return
        with subtests.test(call=call):
            done = world.adopt(APP)
            assert done.exit_code == 0, done.output
            preview = world.shell("pulumi", "preview", "-s", APP, "--expect-no-changes")
            assert preview.exit_code == 0, preview.output
            assert (len(world.writes()), world.there(APP)) == (before, there)
            assert not [value for value in SECRETS.values() if world.files_with(value)]
            assert not list((world.world.root / "adoptions").iterdir())


def test_a_part_that_may_not_be_read_is_named(world: Adopting) -> None:
    fault = {"kind": "error", "route": "GET /apps/{app}/config-vars", "options": {"status": 403}}
    world.server.control("POST", "/faults", fault)
    done = world.adopt(APP)
    assert done.exit_code == 1
    assert "cannot read the config vars of old-shop: " in done.output
    assert "nothing was written" in done.output
    untouched(world)


def test_a_part_that_no_file_has_is_not_needed(world: Adopting) -> None:
    fault = {"kind": "error", "route": "GET /apps/{app}/webhooks", "options": {"status": 403}}
    world.server.control("POST", "/faults", fault)
    done = world.adopt(APP)
    assert done.exit_code == 0, done.output
    assert "not in the file: the webhooks could not be read: " in done.output


def test_a_rate_limit_is_waited_for(world: Adopting) -> None:
    fault = {"kind": "error", "route": "GET /apps/{app}/domains", "count": 1}
    world.server.control("POST", "/faults", {**fault, "options": {"status": 429}})
    done = world.adopt(APP, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Heroku's rate limit is reached; going on in 15 seconds" in done.output


@pytest.mark.parametrize("call", [4, 26])
def test_an_app_that_vanishes_meanwhile(world: Adopting, proxy: Proxy, call: int) -> None:
    world.make_small_app("short-lived")
    proxy.arm("pause", call, lambda: destroyed(world, "short-lived"))
    done = world.adopt("short-lived", HEROKU_API_URL=proxy.url)
    assert done.exit_code == 1
    assert proxy.struck.is_set()
    told = ("was destroyed", "Couldn't find that app")
    assert any(words in done.output for words in told), done.output
    assert "Traceback" not in done.output
    assert world.shell("pulumi", "stack", "ls", "--json").output.strip() == "[]"
    world.forget("short-lived")


def destroyed(world: Adopting, app: str) -> None:
    world.call("DELETE", f"/apps/{app}")


def untouched(world: Adopting) -> None:
    """Check that there is no file, no stack and no record."""
    assert not (world.directory / f"Pulumi.{APP}.yaml").exists()
    assert not (world.world.root / "adoptions").exists() or not list(
        (world.world.root / "adoptions").iterdir()
    )
    assert world.shell("pulumi", "stack", "ls", "--json").output.strip() == "[]"
