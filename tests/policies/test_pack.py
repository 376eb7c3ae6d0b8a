"""The policy pack with the real engine and dynostack's language host."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.e2e.rehearsal import Done, Rehearsal

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SHOP = """\
config:
  shop:account: ops@acme.example
  shop:app: {{ name: acme-{stack}, region: us, stack: heroku-24, team: acme }}
  shop:postgres: {{ plan: {plan}, protect: {protect} }}
  shop:pipeline: {{ create: true, name: {stack}, stage: {stage} }}
"""
UP = ("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Return an empty local world."""
    rehearsal = Rehearsal(tmp_path_factory.mktemp("policies") / "shop", warm=True)
    for command in (["toolchain"], ["local", "start"]):
        done = rehearsal.dynostack(*command)
        assert done.exit_code == 0, done.output
    yield rehearsal
    rehearsal.end()


def run(
    world: Rehearsal,
    stack: str,
    *command: str,
    plan: str = "standard-0",
    protect: bool = True,
    stage: str = "staging",
) -> Done:
    """Run a command for a new stack with the policy pack."""
    text = SHOP.format(stack=stack, plan=plan, protect=str(protect).lower(), stage=stage)
    (world.directory / f"Pulumi.{stack}.yaml").write_text(text)
    world.pulumi("stack", "init", stack, "--no-select")
    folder = world.dynostack("policies").output.strip()
    return world.pulumi(*command, "--stack", stack, "--policy-pack", folder)


def refused(done: Done) -> set[str]:
    """Return the violated policies."""
    assert done.exit_code != 0
    return set(re.findall(r"\[mandatory\]\s+(\S+)", done.output))


def apps(world: Rehearsal) -> list[str]:
    return [app["name"] for app in world.heroku("/apps")]


def addons(world: Rehearsal, stack: str) -> list[str]:
    if f"acme-{stack}" not in apps(world):
        return []
    return [addon["plan"]["name"] for addon in world.heroku(f"/apps/acme-{stack}/addons")]


def test_an_allowed_stack_passes_without_a_warning(world: Rehearsal) -> None:
    for command in (("preview",), UP, ("preview", "--expect-no-changes")):
        done = run(world, "calm", *command)
        assert done.exit_code == 0, done.output
        assert "dynostack@v1.0.0" in done.output
        assert "warning" not in done.output.lower()
    assert addons(world, "calm") == ["heroku-postgresql:standard-0"]


def test_production_database_without_protection(world: Rehearsal) -> None:
    done = run(world, "prod", *UP, protect=False)
    assert refused(done) == {"production-database-protected"}
    assert "write true  (dynostack explain DS321)" in done.output
    assert addons(world, "prod") == []


def test_production_database_that_cannot_be_restored(world: Rehearsal) -> None:
    done = run(world, "production", *UP, plan="essential-0")
    assert refused(done) == {"production-database-restorable"}
    assert addons(world, "production") == []


def test_production_by_the_stage_of_the_pipeline(world: Rehearsal) -> None:
    done = run(world, "front", *UP, plan="essential-0", stage="production")
    assert refused(done) == {"production-database-restorable"}


def test_an_unprotected_database_is_allowed_outside_production(world: Rehearsal) -> None:
    done = run(world, "trial", "preview", plan="essential-0", protect=False)
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output.lower()


def test_a_preview_is_refused_too(world: Rehearsal) -> None:
    assert refused(run(world, "prod", "preview", protect=False))


def test_a_program_that_declares_a_secret_in_plain_text(world: Rehearsal) -> None:
    """Only the engine can see it: the file is valid."""
    plain = "protect="
    leaking = 'config_vars={"SIGNING_KEY": "correct-horse"}, protect='
    world.edit("stacks/app.py", plain, leaking)
    try:
        done = run(world, "leaking", *UP)
    finally:
        world.edit("stacks/app.py", leaking, plain)
    assert refused(done) == {"secrets-encrypted"}
    assert (
        "the name of SIGNING_KEY suggests a secret, but its value is in plain text" in done.output
    )
    assert "correct-horse" not in done.output
    assert "acme-leaking" not in apps(world)
