"""Reviews and applies of several stacks in one command, with the keys of two accounts."""

from __future__ import annotations

import json
import os
import re
import signal

import psutil
import pytest

from tests import warm
from tests.comment.conftest import variables as variables_of
from tests.comment.service import GitHubService, running
from tests.fleet.conftest import DEV, NOBODY, OPS, STACKS, Fleet
from tests.pages import blocks

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def test_each_stack_has_the_key_of_its_account_and_one_without_a_key_hides_no_other(
    fleet: Fleet,
) -> None:
    fleet.write("delta")
    done = fleet.run("review", "--all", "-j", "2")
    assert done.exit_code == 1
    for line in (
        *(f"{stack}: 1 created" for stack in STACKS),
        f"  stack delta belongs to {NOBODY}, and there is no API key",
        "3 of 4 stacks change, 1 failed",
        "delta  no review            unknown",
        "alpha  1 created            $0",
    ):
        assert line in done.output.splitlines()
    assert "set HEROKU_API_KEY_NOBODY_ACME_EXAMPLE or HEROKU_API_KEY to an API key" in done.output
    assert not [key for key in fleet.keys.values() if key in done.output]


def test_from_the_digests_to_the_apps_of_two_accounts(fleet: Fleet) -> None:
    digests = fleet.digests("alpha", "beta")
    refused = f"--reviewed=gamma={'0' * 64}"
    done = fleet.run("apply", refused, *digests)
    assert done.exit_code == 3
    assert done.output.endswith("\nstack  apply\ngamma  refused\nalpha  done\nbeta   done\n")
    owners = {app["name"]: app["owner"]["email"] for app in fleet.apps()}
    assert owners == {"acme-alpha": OPS, "acme-beta": DEV}
    done = fleet.run("apply", "--fail-fast", refused, *digests)
    assert done.exit_code == 3
    assert "alpha  not started, because gamma failed (--fail-fast)\n" in done.output
    assert "already applied" not in done.output


def test_a_key_of_another_account_is_never_used_instead(fleet: Fleet) -> None:
    mixed = {"HEROKU_API_KEY_DEV_ACME_EXAMPLE": "", "HEROKU_API_KEY": fleet.keys[OPS]}
    code, found = fleet.reviews("alpha", "beta", **mixed)
    assert code == 1
    assert [each["stack"] for each in found["reviews"]] == ["alpha"]
    (failure,) = found["failures"]
    assert f"beta belongs to {DEV}, but the API key in use belongs to {OPS}" in failure["message"]


def test_an_interrupt_ends_every_stack_in_order_and_leaves_no_lock(fleet: Fleet) -> None:
    for stack in STACKS:
        fleet.write(stack, "interrupted")
    digests = fleet.digests(*STACKS)
    with (
        fleet.slow("PATCH /apps/{app}/config-vars"),
        fleet.started("apply", *digests, "--jobs", "2") as process,
    ):
        assert process.stdout is not None
        updating = (line for line in process.stdout if "heroku:app:App app updating" in line)
        assert {next(updating)[:5], next(updating)[:5]} == {"alpha", "beta:"}
        engines = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        output = process.stdout.read()
    assert process.returncode == 130
    assert "gamma  not started, because the command was interrupted\n" in output
    assert "Traceback" not in output
    assert psutil.wait_procs(engines, 30)[1] == []
    assert fleet.locks() == []
    done = fleet.run("apply", *digests, "--jobs", "3")
    assert done.exit_code == 0, done.output


def test_drift_of_every_stack_and_a_table_of_those_that_differ(fleet: Fleet) -> None:
    fleet.heroku(DEV).send("PATCH", "/apps/acme-beta/config-vars", {"GREETING": "by hand"})
    for stack in STACKS:
        fleet.write(stack, "interrupted")
    fleet.write("delta")
    done = fleet.run("drift", "--all", "--exit-code")
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert "GREETING" in done.output
    for line in (
        "stack  differences",
        "delta  not compared",
        "beta   1",
        "2 stacks match their files: alpha, gamma",
    ):
        assert line in lines
    assert fleet.run("drift", "alpha", "beta", "--exit-code").exit_code == 2
    done = fleet.run("drift", "alpha", "delta", "--format", "json")
    found = json.loads(done.output[done.output.index("{") :])
    assert [each["stack"] for each in found["stacks"]] == ["alpha"]
    assert [each["stack"] for each in found["failures"]] == ["delta"]


def test_the_commands_of_the_page(fleet: Fleet) -> None:
    for stack in STACKS:
        fleet.write(stack, "from the page")
    with running(GitHubService()) as service:
        program = str(warm.dynostack().parent)
        path = os.pathsep.join([program, fleet.variables["PATH"]])
        variables = {**fleet.variables, **variables_of(service), "PATH": path}
        script = "\n".join(("set -e", *blocks()["Several stacks"].commands))
        done = fleet.rehearsal.outside(script, **variables)
        (comment,) = service.bodies
    assert done.exit_code == 0, done.output
    assert "3 of 3 stacks change" in comment
    assert "\nstack  apply\nalpha  done\nbeta   done\ngamma  done\n" in done.output
    assert done.output.endswith("\n3 stacks match their files: alpha, beta, gamma\n")


@pytest.mark.parametrize("stack", ["new", "-dash"])
def test_from_a_file_without_a_stack_to_its_app(fleet: Fleet, stack: str) -> None:
    fleet.write(stack, account=OPS)
    for command in ("review", "drift"):
        done = fleet.run(command, "--all")
        assert done.exit_code == 1, done.output
        assert f"the Pulumi backend has no stack {stack} yet" in done.output
    (create,) = re.findall(r"on Heroku: (pulumi stack init .*)", done.output)
    created = fleet.rehearsal.inside("sh", "-c", create)
    assert created.exit_code == 0, created.output
    code, found = fleet.reviews("--all")
    assert code == 0
    (digest,) = (each["digest"] for each in found["reviews"] if each["stack"] == stack)
    done = fleet.run("apply", f"--reviewed={stack}={digest}")
    assert f"\nstack  apply\n{stack}" in done.output
    assert done.exit_code == 0, done.output
    done = fleet.run("drift", "--format", "json", "--", "alpha", stack)
    assert f"{stack}: acme-{stack.strip('-')} matches the file" in done.output
