"""After an update is killed at any call, `recover` and the next update complete the stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.durability.worlds import SOAK, break_each
from tests.recover import backends
from tests.recover.world import STACK, Crashing, Production

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SAMPLE = {("after", "engine"): (2,), ("late", "both"): (14,), ("after", "provider"): (11,)}
CASES = (
    [
        (kind, victim)
        for kind in ("before", "after", "late")
        for victim in ("engine", "provider", "apply")
    ]
    if SOAK
    else [("late", "both"), ("after", "provider"), ("after", "apply")]
)
SAMPLE_OF_APPLY = (21,)
"""The preview makes the calls before this one."""
ELSEWHERE = (2, 8, 13, 17, 21) if SOAK else (14,)
ADDON_SECONDS = 3 if SOAK else 1


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    world = Crashing(tmp_path_factory.mktemp("crashes") / "shop", builds=SOAK)
    world.provisioning(ADDON_SECONDS)
    with world.proxy:
        yield world
    world.end()


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    production = Production(tmp_path_factory.mktemp("production") / "shop")
    with production.proxy:
        yield production
    production.end()


@pytest.mark.parametrize(("kind", "victim"), CASES)
def test_recover_and_the_next_update_converge(
    world: Crashing, kind: str, victim: str, subtests: pytest.Subtests
) -> None:
    sample = SAMPLE.get((kind, victim), SAMPLE_OF_APPLY)
    break_each(sample, subtests, lambda call: recovers(world, kind, victim, call))


def recovers(world: Crashing, kind: str, victim: str, call: int) -> bool:
    """Kill an update and recover; return whether the update made that many calls."""
    world.begin()
    world.provisioning(ADDON_SECONDS)
    crashed = world.crashed_apply if victim == "apply" else world.crashed_up
    if not crashed(kind, call, victim):
        return False
    done = world.recover("--yes")
    assert done.exit_code == 0, done.output
    assert "pending_operations" not in world.state(), done.output
    assert not world.locks
    world.converge()
    return True


@pytest.mark.parametrize(
    ("kind", "victim"),
    [("after", "provider"), ("after", "engine")],
)
def test_a_replacement_that_was_created_is_adopted(
    world: Crashing, kind: str, victim: str, subtests: pytest.Subtests
) -> None:
    """The old resource is deleted first, and stays in the state until it is replaced."""
    world.begin()
    assert world.up().exit_code == 0
    world.server.save_snapshot("before")
    settings = world.directory / "Pulumi.local.yaml"
    text = settings.read_text()
    replaced = text.replace("papertrail:choklad", "scheduler:standard")

    def recovers_replacing(call: int) -> bool:
        world.server.restore_snapshot("before")
        settings.write_text(replaced.replace("127.0.0.1:9/", "127.0.0.1:10/"))
        if not world.crashed_up(kind, call, victim):
            return False
        done = world.recover("--yes")
        assert done.exit_code == 0, done.output
        up = world.up()
        assert up.exit_code == 0, f"{done.output}\n{up.output}"
        assert len(world.addons()) == 3, done.output
        preview = world.pulumi("preview", "-s", STACK, "--expect-no-changes")
        assert preview.exit_code == 0, preview.output
        return True

    break_each((5, 6), subtests, recovers_replacing)
    settings.write_text(text)


if SOAK:  # each update builds the example

    @pytest.mark.parametrize("victim", ["engine", "provider", "apply"])
    def test_an_update_of_production_converges(
        production: Production, victim: str, subtests: pytest.Subtests
    ) -> None:
        break_each((), subtests, lambda call: recovers(production, "after", victim, call))


@pytest.fixture(params=["bucket", "table"])
def elsewhere(
    world: Crashing, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Crashing]:
    """Yield the world with another backend, which has no stack yet."""
    with ExitStack() as ending:
        world.backend = ending.enter_context(
            backends.bucket() if request.param == "bucket" else backends.table(tmp_path / "table")
        )
        yield world
        world.backend = {}


def test_a_state_elsewhere_is_put_right(elsewhere: Crashing) -> None:
    for call in ELSEWHERE:
        elsewhere.begin()
        assert elsewhere.pulumi("stack", "init", STACK, "--no-select").exit_code == 0
        assert elsewhere.crashed_up("after", call)

        done = elsewhere.recover("--yes")

        assert done.exit_code == 0, done.output
        assert "which is gone; release the lock" in done.output
        assert "pending_operations" not in elsewhere.state()
        if SOAK:
            elsewhere.converge()
        elsewhere.forget_stack()
