"""Reviews and applies of several stacks in one command, with the keys of two accounts."""

from __future__ import annotations

import pytest

from tests.fleet.conftest import DEV, NOBODY, OPS, STACKS, Fleet

pytestmark = pytest.mark.e2e


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
