"""All apps of a team are adopted by one command, which can be run again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from dynostack.errors import NOT_STARTED
from tests.adopt.world import Adopting

pytestmark = [pytest.mark.e2e, pytest.mark.long]

APPS = {"shop-dev": "development", "shop-live": "production", "shop-stage": "staging"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adopting]:
    world = Adopting(tmp_path_factory.mktemp("fleet") / "infra")
    for name, stage in APPS.items():
        world.make_small_app(name)
        world.join(name, "shop", stage)
    world.make_small_app("private-shop", team="")
    yield world
    world.end()


def test_one_app_that_cannot_be_adopted_does_not_stop_the_others(world: Adopting) -> None:
    fault = {"kind": "error", "path": "/apps/shop-live/config-vars", "options": {"status": 403}}
    world.server.control("POST", "/faults", fault)
    done = world.adopt("--all", "--team", "acme")
    world.server.control("DELETE", "/faults")
    assert done.exit_code == 1
    assert "cannot read the config vars of shop-live" in done.output
    assert "1 of 3 apps were not adopted: shop-live;" in done.output
    assert {each.name for each in world.directory.glob("Pulumi.*.yaml")} == {
        "Pulumi.shop-dev.yaml",
        "Pulumi.shop-stage.yaml",
    }


def test_a_second_run_adopts_the_rest(world: Adopting) -> None:
    before = len(world.writes())
    done = world.adopt("--all", "--team", "acme")
    assert done.exit_code == 0, done.output
    assert "shop-dev is adopted already, by stack shop-dev" in done.output
    assert "adopted all 3 apps" in done.output
    for name in APPS:
        preview = world.shell("pulumi", "preview", "-s", name, "--expect-no-changes", "--refresh")
        assert preview.exit_code == 0, preview.output
    assert len(world.writes()) == before
    assert world.shell(*world.program, "check").exit_code == 0


def test_only_the_most_advanced_app_owns_the_pipeline(world: Adopting) -> None:
    owns = {}
    for name in APPS:
        text = (world.directory / f"Pulumi.{name}.yaml").read_text()
        owns[name] = yaml.safe_load(text)["config"]["shop:pipeline"].get("create", False)
    assert owns == {"shop-dev": False, "shop-live": True, "shop-stage": False}


def test_all_apps_of_the_account_include_personal_ones(world: Adopting) -> None:
    done = world.adopt("--all", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "4 of 4: shop-stage" in done.output
    assert "name: private-shop" in done.output
    assert "described all 4 apps" in done.output


def test_a_team_that_is_missing(world: Adopting) -> None:
    done = world.adopt("--all", "--team", "nobodys")
    assert done.exit_code == 1
    assert "cannot list the apps of the team nobodys: " in done.output


@pytest.mark.parametrize(
    "arguments", [(), ("a-shop", "--all"), ("--all", "--stack", "x"), ("a-shop", "--team", "acme")]
)
def test_arguments_that_do_not_fit(world: Adopting, arguments: tuple[str, ...]) -> None:
    done = world.adopt(*arguments)
    assert done.exit_code == NOT_STARTED
    assert done.output.startswith("Usage: ")
