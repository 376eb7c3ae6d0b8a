"""Changes of an environment's file, previewed by plain `pulumi`."""

from __future__ import annotations

import pytest

from dynostack.environment import examine
from tests.e2e.rehearsal import Rehearsal

pytestmark = pytest.mark.e2e


def test_nothing_changed(edited: Rehearsal) -> None:
    done = edited.pulumi("preview", "-s", "local", "--expect-no-changes")
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output.lower()


def test_a_new_collaborator_is_one_create(edited: Rehearsal) -> None:
    edited.edit(
        "Pulumi.local.yaml",
        "  shop:collaborators:\n",
        "  shop:collaborators:\n    - email: new@acme.example\n",
    )
    done = edited.pulumi("preview", "-s", "local")
    assert done.planned == {"create": 1}, done.output


def test_another_memcached_plan_is_one_update(edited: Rehearsal) -> None:
    edited.edit("Pulumi.local.yaml", "plan: dev", 'plan: "100"')
    done = edited.pulumi("preview", "-s", "local")
    assert done.planned == {"update": 1}, done.output


def test_another_region_is_refused_while_the_database_is_protected(
    edited: Rehearsal, site: str
) -> None:
    database = edited.heroku(f"/apps/{site}/config-vars")["DATABASE_URL"]
    edited.edit("Pulumi.local.yaml", "region: us", "region: eu")
    for command in ("preview", "up"):
        arguments = ("--yes",) if command == "up" else ()
        done = edited.pulumi(command, "-s", "local", *arguments)
        assert done.exit_code != 0
        assert "replace" in done.output
        assert "protect" in done.output
    assert edited.heroku(f"/apps/{site}/config-vars")["DATABASE_URL"] == database


def test_refresh_finds_a_collaborator_removed_behind_pulumis_back(
    edited: Rehearsal, site: str
) -> None:
    edited.server.delete(f"/apps/{site}/collaborators/dev@acme.example")
    refreshed = edited.pulumi("refresh", "-s", "local", "--yes")
    assert refreshed.exit_code == 0, refreshed.output
    assert "deleted" in refreshed.output
    assert edited.pulumi("preview", "-s", "local").planned == {"create": 1}
    assert edited.pulumi("up", "-s", "local", "--yes").exit_code == 0


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_other_stacks_can_be_rehearsed(edited: Rehearsal, stack: str) -> None:
    before = (edited.directory / f"Pulumi.{stack}.yaml").read_bytes()
    done = edited.pulumi("preview", "-s", stack)
    assert done.exit_code == 0, done.output
    warned = examine(stack, edited.directory).warnings
    assert [each.headline for each in warned if each.headline not in done.output] == []
    for line in done.output.splitlines():
        assert "warning" not in line.lower() or any(each.headline in line for each in warned)
    assert done.planned["create"] > 10
    assert (edited.directory / f"Pulumi.{stack}.yaml").read_bytes() == before


@pytest.mark.parametrize("command", [("preview",), ("up", "--yes")])
def test_a_wrong_file_stops_before_any_call(edited: Rehearsal, command: tuple[str, ...]) -> None:
    edited.edit("Pulumi.prod.yaml", "plan: standard-0", "plan: [standard-0]")
    edited.edit("Pulumi.prod.yaml", "quantity: 2", "quantity: 1")
    calls = len(edited.calls())
    state = edited.state_file("prod").read_bytes()
    done = edited.pulumi(*command, "-s", "prod")
    assert done.exit_code != 0
    assert "shop:postgres.plan" in done.output
    assert "production runs 1 web dyno and is down while it restarts" in done.output
    assert "Pulumi.prod.yaml:" in done.output
    assert "= write" in done.output
    assert "Traceback" not in done.output
    assert len(edited.calls()) == calls
    assert edited.state_file("prod").read_bytes() == state


@pytest.mark.long
def test_an_app_that_crashes_is_not_up(edited: Rehearsal, site: str) -> None:
    procfile = "examples/django/Procfile"
    edited.edit(procfile, "gunicorn shop.wsgi", "python -m shop.no_such_module")
    crashed = edited.dynostack("up")
    assert crashed.exit_code == 1
    assert "No module named shop.no_such_module" in crashed.output
    assert "web.1 crashed" in crashed.output
    edited.edit(procfile, "python -m shop.no_such_module", "gunicorn shop.wsgi")
    repaired = edited.dynostack("up")
    assert repaired.exit_code == 0, repaired.output
    assert edited.page(site)[0] == 200
