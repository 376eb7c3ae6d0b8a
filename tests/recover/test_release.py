"""`recover` releases only locks whose engines are gone, also while another engine starts."""

from __future__ import annotations

import json
import os
import pwd
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from dynostack.engine.locks import CLOUD, Lock, Owner, locks_below, locks_in
from dynostack.engine.process import PulumiProcess
from dynostack.recover.errors import RecoverRefused
from dynostack.recover.release import refuse_owned, release
from dynostack.toolchain.resolve import find_engine
from tests.durability.worlds import SOAK
from tests.toolchain.parts import Told
from tests.toolchain.rig import Rig

RACES = 50 if SOAK else 3
PROGRAM = "import pulumi\npulumi.export('answer', 42)\n"
HERE = socket.gethostname()
GONE = 999_999_999
BELOW = ".pulumi/locks/organization/shop/prod"
BUCKET = f"""\
error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or \
delete the lock file with `pulumi cancel`.
  s3://state/{BELOW}/0a-1b.json?endpoint=http%3A%2F%2F127.0.0.1%3A1: created by dev@ci-1 (pid 12) \
at 2026-11-29T20:00:00Z
  postgres://****:****@db/state/{BELOW}/2c-3d.json: created by a b@c@ci-2 (pid 7) \
at 2026-11-29T21:00:00+02:00"""


def lock(process: int, host: str = HERE, identity: str = "0a1b") -> Lock:
    user = pwd.getpwuid(os.getuid()).pw_name
    return Lock("prod", identity, user, host, process, "2026-11-29T20:00:00Z")


def test_the_locks_in_a_message_of_the_engine() -> None:
    found = [(each.id, each.user, each.host, each.process) for each in locks_in("prod", BUCKET)]
    assert found == [("0a-1b", "dev", "ci-1", 12), ("2c-3d", "a b@c", "ci-2", 7)]


def test_another_process_with_the_number_of_an_engine_is_none() -> None:
    assert lock(os.getpid()).owner is Owner.GONE
    assert lock(GONE).owner is Owner.GONE
    assert lock(os.getpid(), "elsewhere").owner is Owner.ELSEWHERE


def test_another_machine_may_have_the_same_host_name() -> None:
    """A bucket or a table has the locks of all machines."""
    other = replace(lock(GONE), user="somebody-else")
    assert other.owner is Owner.ELSEWHERE
    assert replace(other, file=Path("any")).owner is Owner.GONE


def test_a_process_that_this_user_cannot_see_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(_process: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    assert lock(GONE).owner is Owner.RUNNING


def test_a_process_that_ended_but_was_not_waited_for_is_gone() -> None:
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert lock(process.pid).owner is Owner.GONE


@pytest.mark.parametrize("gone", [(), ("0a1b",)])
def test_somebody_who_is_wrong_releases_no_lock_of_a_running_engine(
    gone: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynostack.engine.locks._runs", lambda _: True)
    with pytest.raises(RecoverRefused, match="has been running since"):
        refuse_owned("prod", [lock(GONE)], gone)


def test_several_locks_of_other_machines_are_named_together() -> None:
    locks = [lock(1, "one", "0a"), lock(2, "two", "1b")]
    with pytest.raises(RecoverRefused, match="add --lock 1b if"):
        refuse_owned("prod", locks, [])
    with pytest.raises(RecoverRefused, match="--lock 1b --owner-is-gone"):
        refuse_owned("prod", locks, ["0a"])
    refuse_owned("prod", locks, ["0a", "1b"])


def test_a_damaged_lock_needs_its_id(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi/locks/organization/rig/prod"
    folder.mkdir(parents=True)
    (folder / "0a1b.json").write_text("{")
    (tmp_path / "Pulumi.yaml").write_text("name: rig\nruntime: python\n")
    runner = PulumiProcess("pulumi", tmp_path, None, {"PULUMI_BACKEND_URL": tmp_path.as_uri()})
    locks = runner.locks("prod")
    with pytest.raises(RecoverRefused, match="the lock file is damaged"):
        release(runner, "prod", locks, ())
    release(runner, "prod", locks, ["0a1b"])
    assert runner.locks("prod") == ()


@pytest.mark.parametrize("busy", [True, False])
def test_pulumi_cloud_has_one_lock(tmp_path: Path, *, busy: bool) -> None:
    program = tmp_path / "pulumi"
    stacks = json.dumps([{"name": "acme/prod", "updateInProgress": busy}])
    program.write_text(f"#!/bin/sh\necho \"$@\" >> {tmp_path}/asked\necho '{stacks}'\n")
    program.chmod(0o755)
    url = {"PULUMI_BACKEND_URL": "https://api.pulumi.com"}
    runner = PulumiProcess(str(program), tmp_path, None, url)
    locks = runner.locks("prod")
    assert [each.id for each in locks] == [CLOUD] * busy
    if busy:
        with pytest.raises(RecoverRefused, match="--lock pulumi-cloud --owner-is-gone"):
            release(runner, "prod", locks, ())
        release(runner, "prod", locks, [CLOUD])
        assert "cancel --stack prod --yes" in (tmp_path / "asked").read_text()


def has_ended(process: subprocess.Popen[str]) -> bool:
    """Return whether a process has ended; it is a zombie until its parent has waited for it."""
    if process.poll() is not None:
        return True
    return psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("process", [-1, 0, None, [], "many"])
def test_a_lock_with_a_process_that_cannot_be_is_damaged(tmp_path: Path, process: object) -> None:
    folder = tmp_path / "locks/organization/rig/prod"
    folder.mkdir(parents=True)
    since = "2026-11-29T20:00:00Z"
    document = {"pid": process, "username": "dev", "hostname": HERE, "timestamp": since}
    (folder / "0a1b.json").write_text(json.dumps(document))
    (found,) = locks_below(tmp_path, "rig", "prod")
    assert found.owner is Owner.ELSEWHERE


@pytest.mark.e2e
def test_an_engine_that_starts_at_the_same_moment_keeps_its_lock(tmp_path: Path) -> None:
    rig = Rig.of(tmp_path / "project", find_engine(Told()), PROGRAM)
    runner = PulumiProcess(str(rig.world.pulumi), rig.world.project, None, rig.environment)
    folder = rig.world.state / ".pulumi/locks/organization/rig/local"
    for race in range(RACES):
        folder.mkdir(parents=True, exist_ok=True)
        dead = {"pid": GONE, "username": "dev", "hostname": HERE, "timestamp": "2026-11-29"}
        (folder / f"dead-{race}.json").write_text(json.dumps(dead))
        refused = 0
        process = rig.start("refresh", "--yes", "--skip-preview", "--stack", "local")
        while process.poll() is None:
            found = runner.locks("local")
            try:
                release(runner, "local", found, ())
            except RecoverRefused:
                refused += 1
            else:
                # The lock of this process may have been found just before it ended.
                assert process.pid not in [each.process for each in found] or has_ended(process)
        output, _ = process.communicate()
        assert process.returncode == 0 or "is currently locked" in output, output
        assert process.returncode or refused, output
        assert runner.locks("local") == ()
