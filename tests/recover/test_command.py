"""Tests of `dynostack recover` on a stack that is up."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dynostack.errors import NOT_STARTED
from tests import warm
from tests.durability.worlds import APP
from tests.e2e.rehearsal import Done
from tests.pages import blocks
from tests.recover.killed_engine import edit, file_of, lock, make_pending
from tests.recover.world import DYNOSTACK, STACK, Crashing

pytestmark = [pytest.mark.e2e, pytest.mark.long]

UP = "up"
BLOCKS = blocks()


@pytest.fixture(scope="module")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    world = Crashing(tmp_path_factory.mktemp("recover") / "shop")
    world.begin()
    done = world.up()
    assert done.exit_code == 0, done.output
    world.server.save_snapshot(UP)
    with world.proxy:
        yield world
    world.end()


@pytest.fixture
def world(brought_up: Crashing) -> Crashing:
    brought_up.server.restore_snapshot(UP)
    return brought_up


def compared(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource without its times, and with every secret replaced by the same text."""
    text = re.sub(r'"ciphertext": "[^"]*"', '"ciphertext": ""', json.dumps(resource))
    document: dict[str, Any] = json.loads(text)
    document["propertyDependencies"] = {
        key: value for key, value in document.get("propertyDependencies", {}).items() if value
    }
    return {key: value for key, value in document.items() if key not in ("created", "modified")}


def refused(done: Done) -> bool:
    return done.exit_code == 3 and re.search("nothing (else )?was changed", done.output) is not None


def test_there_may_be_nothing_to_do(world: Crashing) -> None:
    done = world.recover()
    assert done.exit_code == 0
    assert "no lock and no interrupted operation" in done.output
    assert done.output.endswith("review: nothing changes\n")


def test_a_damaged_state_is_restored(world: Crashing) -> None:
    file, text = file_of(world), '{"version": 3, "checkpo'
    file.write_text(text)
    backup = f"{file}.bak"
    for refusal in (world.recover("--dry-run"), world.recover()):
        assert backup in refusal.output
        assert file.read_text() == text
    done = world.recover("--yes")
    assert done.exit_code == 0, done.output
    assert f"restored {file}" in done.output
    assert file.with_name(f"{file.name}.damaged").read_text() == text
    assert "review: nothing changes" in done.output


def test_what_is_newer_than_the_backup_is_adopted(world: Crashing) -> None:
    settings, file = world.directory / "Pulumi.local.yaml", file_of(world)
    before = settings.read_text()
    settings.write_text(
        before.replace("[www.acme.example]", "[www.acme.example, new.acme.example]").replace(
            "papertrail:choklad", 'papertrail:choklad"}, more: {plan: "papertrail:fixa'
        )
    )
    old = {*world.world.state.rglob("backups/**/*.json")}
    assert world.up().exit_code == 0
    addons = world.addons()
    file.with_name(f"{file.name}.bak").unlink()
    for each in {*world.world.state.rglob("backups/**/*.json")} - old:
        each.unlink()
    file.write_text("{}")
    done = world.recover("--yes")
    again = world.recover("--yes")
    settings.write_text(before)
    assert "it does not contain the state of a stack" in done.output
    assert "creating new.acme.example: Heroku has domain new.acme.example" in done.output
    assert "creating more: Heroku has add-on more-" in done.output
    assert done.output.endswith("review: nothing changes\n"), done.output
    assert again.output.endswith("review: nothing changes\n"), again.output
    assert world.addons() == addons


def restored_by_an_older_one(world: Crashing, old: str) -> Path:
    """Damage the state, and leave this text as its only backup."""
    file = file_of(world)
    for each in world.world.state.rglob("backups/**/*.json"):
        each.unlink()
    file.with_name(f"{file.name}.bak").write_text(old)
    file.write_text("{")
    return file


@pytest.mark.parametrize(
    "sections",
    [
        ("shop:memcached", "shop:pipeline", "shop:drains"),
        (),
    ],
)
def test_a_backup_may_lack_whole_sections(world: Crashing, sections: tuple[str, ...]) -> None:
    """Their components are missing in it too, and without any section the app and the provider."""
    settings = world.directory / "Pulumi.local.yaml"
    before, addons = settings.read_text(), world.addons()
    text = file_of(world).read_text()
    if sections:
        lines = before.splitlines()
        settings.write_text(
            "\n".join(line for line in lines if not line.strip().startswith(sections))
        )
        assert world.up().exit_code == 0
        old = file_of(world).read_text()
        settings.write_text(before)
        assert world.up().exit_code == 0
        addons = world.addons()
    else:
        document = json.loads(text)
        del document["checkpoint"]["latest"]["resources"]
        document["checkpoint"]["latest"]["manifest"]["time"] = "2026-01-01T00:00:00Z"
        old = json.dumps(document)
    restored_by_an_older_one(world, old)
    dry = world.recover("--dry-run")
    done = world.recover("--yes")
    assert "is an earlier state" not in dry.output
    assert done.exit_code == 0, done.output
    assert "in no state" not in done.output, done.output
    assert world.up().exit_code == 0
    assert world.addons() == addons
    preview = world.pulumi("preview", "-s", STACK, "--expect-no-changes")
    assert preview.exit_code == 0, preview.output


def test_a_recovery_that_was_killed_after_the_restore_goes_on(world: Crashing) -> None:
    deployment = json.loads(file_of(world).read_text())["checkpoint"]["latest"]
    make_pending(world, datetime.now(UTC) - timedelta(hours=9), "memcached", "www.acme.example")
    edit(world, pending_operations=[])
    old = file_of(world).read_text()
    file = restored_by_an_older_one(world, old)
    file.with_name(f"{file.name}.damaged").write_text("{")
    file.write_text(old)
    addons = world.addons()
    dry = world.recover("--dry-run")
    assert "creating memcached: Heroku has add-on" in dry.output
    assert "in no state" not in dry.output
    assert file.read_text() == old
    done = world.recover("--yes")
    assert done.output.endswith("review: nothing changes\n"), done.output
    assert len(world.state()["resources"]) == len(deployment["resources"])
    assert world.addons() == addons


def test_the_name_of_the_stack_is_needed_and_may_be_long(world: Crashing) -> None:
    world.pulumi("stack", "select", STACK)
    identity = lock(world, "elsewhere")
    done = world.run(*world.program, "recover", "", "--yes")
    assert (done.exit_code, "STACK is empty" in done.output) == (NOT_STARTED, True)
    done = world.run(*world.program, "recover", f"organization/shop/{STACK}", "--yes")
    assert refused(done), done.output
    assert f"--lock {identity} --owner-is-gone" in done.output
    lock(world, socket.gethostname(), identity=identity)
    world.backend = {"HEROKU_API_KEY": "wrong"}
    other = world.run(*world.program, "recover", f"organization/shop/{STACK}", "--yes")
    world.backend = {}
    assert other.exit_code == 3, other.output
    done = world.run(*world.program, "recover", f"organization/shop/{STACK}", "--yes")
    assert done.output.endswith("review: nothing changes\n"), done.output
    assert not world.locks


def test_a_shell_without_an_input_cannot_answer(world: Crashing) -> None:
    make_pending(world, datetime.now(UTC), "www.acme.example")
    done = world.run("sh", "-c", f"{DYNOSTACK} recover {STACK} <&-")
    assert refused(done), done.output


def test_a_stack_may_be_new(world: Crashing) -> None:
    world.server.restore_snapshot("empty")
    done = world.recover("--yes")
    assert done.exit_code == 0, done.output
    assert f"app {APP} created" in done.output


def test_a_state_without_a_backup_stays(world: Crashing) -> None:
    file = file_of(world)
    whole = file.read_text()
    for each in (file.with_name(f"{file.name}.bak"), *world.world.state.rglob("backups/**/*.json")):
        each.unlink()
    for text in ("", whole.replace(f"urn:pulumi:{STACK}::", "urn:pulumi:prod::")):
        file.write_text(text)
        done = world.recover("--yes")
        assert refused(done), done.output
        assert str(file) in done.output
        assert file.read_text() == text


def test_a_lock_of_another_machine_needs_its_id(world: Crashing) -> None:
    identity = lock(world, "elsewhere")
    done = world.recover("--yes")
    assert refused(done), done.output
    assert f"--lock {identity} --owner-is-gone" in done.output
    assert refused(world.recover("--yes", "--lock", "another", "--owner-is-gone"))
    assert world.recover("--lock", identity).exit_code == NOT_STARTED
    assert world.locks
    done = world.recover("--yes", "--lock", identity, "--owner-is-gone")
    assert done.exit_code == 0, done.output
    assert not world.locks


def test_the_lock_of_a_running_engine_stays(world: Crashing) -> None:
    said: list[Done] = []

    def strike() -> None:
        (identity,) = (each.stem for each in world.locks)
        said.append(world.recover("--yes"))
        said.append(world.recover("--yes", "--lock", identity, "--owner-is-gone"))
        assert world.locks

    world.proxy.arm("pause", 1, strike)
    process = world.started("pulumi", "refresh", "-s", STACK, "--yes", "--skip-preview")
    assert process.wait() == 0
    assert [refused(done) for done in said] == [True, True]
    assert "an update of stack local has been running since" in said[0].output


def test_a_dry_run_changes_nothing(world: Crashing) -> None:
    identity = lock(world, socket.gethostname())
    make_pending(world, datetime.now(UTC), "www.acme.example")
    before = file_of(world).read_text()
    for options in (["--dry-run"], []):
        done = world.recover(*options)
        assert "has been locked since" in done.output
        assert "Heroku has domain www.acme.example; adopt it into the state" in done.output
        assert file_of(world).read_text() == before
        assert [each.stem for each in world.locks] == [identity]
    up = world.dynostack("up", "--stack", STACK)
    assert (up.exit_code, f"dynostack recover {STACK}" in up.output) == (1, True)
    done = world.recover("--yes")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("review: nothing changes\n")


def test_operations_without_a_lock_are_noticed(world: Crashing) -> None:
    make_pending(world, datetime.now(UTC), "www.acme.example")
    up = world.dynostack("up", "--stack", STACK)
    assert up.exit_code == 1
    assert "interrupted operations (creating www.acme.example)" in up.output
    command = up.output.partition("= run ")[2].partition(";")[0]
    review = world.run(*world.program, "review", STACK)
    assert "DR604" in review.output
    assert f"dynostack recover {STACK}" in review.output
    assert review.exit_code == 3
    recovered = world.outside(
        f"{command} --yes", PATH=f"{warm.dynostack().parent}:{os.environ['PATH']}"
    )
    assert recovered.output.endswith("review: nothing changes\n"), recovered.output
    assert "DR604" not in world.run(*world.program, "review", STACK).output


def test_what_was_created_is_adopted_as_it_was(world: Crashing) -> None:
    names = ("archive", "http-session-affinity", "dev@acme.example", "memcached", "reports")
    resources = make_pending(world, datetime.now(UTC), *names)
    done = world.recover("--yes")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("review: nothing changes\n"), done.output
    now = {each["urn"]: each for each in world.state()["resources"]}
    assert [compared(now[each["urn"]]) for each in resources] == [*map(compared, resources)]


def test_a_drain_with_a_password_is_recognized(world: Crashing) -> None:
    """The address is secret in the state, in the plan, and in the output."""
    file, address = (
        world.directory / "Pulumi.local.yaml",
        "http://any:planted-password@127.0.0.1:9/",
    )
    before = file.read_text()
    path = ("--path", "shop:drains.private")
    assert world.pulumi("config", "set", "-s", STACK, "--secret", *path, address).exit_code == 0
    assert world.up().exit_code == 0
    make_pending(world, datetime.now(UTC), "private")
    recorded = world.recover("--yes")
    for entry in (world.world.state / ".pulumi/history").rglob("*.history.json"):
        entry.write_text(entry.read_text().replace('"succeeded"', '"failed"'))
    make_pending(world, datetime.now(UTC), "private")
    edit(world, pending_operations=[])
    unrecorded = world.recover("--yes")
    file.write_text(before)
    for done in (recorded, unrecorded):
        assert done.exit_code == 0, done.output
        assert "creating private: Heroku has log drain d." in done.output
        assert done.output.endswith("review: nothing changes\n")
        assert "planted-password" not in done.output


def test_what_was_there_before_the_update_is_left_to_a_person(world: Crashing) -> None:
    make_pending(world, datetime.now(UTC) + timedelta(days=2), "www.acme.example")
    before = file_of(world).read_text()
    done = world.recover("--yes")
    assert refused(done), done.output
    assert ", before the update; a person has to decide" in done.output
    assert file_of(world).read_text() == before


def test_what_is_billed_in_no_state_is_listed(world: Crashing) -> None:
    made = world.server.post(f"/apps/{APP}/addons", {"plan": "heroku-postgresql:standard-0"})
    name = made["name"]
    before = world.addons()
    done = world.recover("--yes")
    assert f"in no state: {name} (heroku-postgresql:standard-0, $50 a month" in done.output
    (command,) = (
        line.partition(": ")[2] for line in done.output.splitlines() if "to destroy it" in line
    )
    managed = next(each for each in before if each != name)
    assert world.recover("--destroy", managed, "--confirm", managed).exit_code == 3
    assert world.recover("--destroy", name, "--confirm", "another").exit_code == NOT_STARTED
    assert world.recover("--dry-run", "--destroy", name, "--confirm", name).exit_code == 0
    assert world.addons() == before
    done = world.run("sh", "-c", f"{warm.dynostack()} {command.partition(' ')[2]}")
    assert done.exit_code == 0, done.output
    assert world.addons() == [each for each in before if each != name]


def test_the_live_database_is_not_destroyed(world: Crashing) -> None:
    made = world.server.post(f"/apps/{APP}/addons", {"plan": "heroku-postgresql:standard-0"})
    live = {"addon": made["id"], "app": APP, "name": "DATABASE", "confirm": APP}
    world.server.post("/addon-attachments", live)
    name = made["name"]
    done = world.recover("--yes", "--destroy", name, "--confirm", name)
    assert (done.exit_code, "it is the live database" in done.output) == (3, True)
    assert name in world.addons()


def test_an_add_on_that_another_app_uses_is_not_destroyed(world: Crashing) -> None:
    made = world.server.post(f"/apps/{APP}/addons", {"plan": "heroku-postgresql:standard-0"})
    name = made["name"]
    world.server.post("/apps", {"name": "blog"})
    for used, message in (("READER", "app blog uses"), ("DATABASE", "live database of app blog")):
        attached = {"addon": made["id"], "app": "blog", "name": used}
        attachment = world.server.post("/addon-attachments", attached)["id"]
        for options in (["--yes"], ["--dry-run"]):
            done = world.recover(*options, "--destroy", name, "--confirm", name)
            assert (done.exit_code, message in done.output) == (3, True), done.output
        world.server.delete(f"/addon-attachments/{attachment}")
    assert name in world.addons()


def test_what_another_stack_manages_is_left_alone(world: Crashing) -> None:
    """It may be a stack of another project, in the same backend."""
    resources = make_pending(world, datetime.now(UTC), "memcached", "www.acme.example")
    urns = [each["urn"] for each in resources]
    stacks = world.world.state / ".pulumi/stacks"
    document = json.loads(file_of(world).read_text())
    latest = document["checkpoint"]["latest"]
    provider = next(e for e in latest["resources"] if e["type"] == "pulumi:providers:heroku")
    latest.pop("pending_operations")
    text = json.dumps({**provider, "parent": ""}), *map(json.dumps, resources)
    latest["resources"] = [json.loads(each) for each in text]
    for each in latest["resources"]:
        for name in ("parent", "dependencies", "propertyDependencies"):
            each.pop(name, None)
    other = json.dumps(document).replace(f"urn:pulumi:{STACK}::shop::", "urn:pulumi:prod::blog::")
    (stacks / "blog").mkdir()
    (stacks / "blog/prod.json").write_text(
        other.replace(f"organization/shop/{STACK}", "organization/blog/prod")
    )
    done = world.recover("--yes")
    assert done.output.count("belongs to another stack") == 2, done.output
    assert "in no state" not in done.output
    assert not {each["urn"] for each in world.state()["resources"]} & {*urns}


def test_the_database_of_an_interrupted_move_is_named(world: Crashing) -> None:
    attributes = {"plan": "heroku-postgresql:standard-0", "name": "postgres-0a1b2c3"}
    world.server.post(f"/apps/{APP}/addons", attributes)
    done = world.recover("--yes")
    assert f"to continue that move: dynostack postgres move {STACK}" in done.output


def test_without_an_answer_of_heroku_nothing_is_changed(world: Crashing) -> None:
    make_pending(world, datetime.now(UTC), "www.acme.example")
    before = file_of(world).read_text()
    for variables in (
        {"HEROKU_API_KEY": ""},
        {"HEROKU_API_KEY": "wrong"},
        {"HEROKU_API_URL": "http://127.0.0.1:9"},
    ):
        world.backend = variables
        done = world.recover("--yes")
        world.backend = {}
        assert done.exit_code == 3, done.output
        assert file_of(world).read_text() == before


def test_a_killed_apply_leaves_no_file(world: Crashing, tmp_path: Path) -> None:
    process: list[Any] = []

    def strike() -> None:
        names = [each.name for each in tmp_path.rglob("*")]
        assert not [name for name in names if "dynostack" in name or "plan" in name]
        time.sleep(0.1)
        process[0].kill()

    world.proxy.arm("pause", 8, strike)
    process.append(world.started(DYNOSTACK, "review", STACK, TMPDIR=str(tmp_path)))
    process[0].wait()
    assert world.proxy.struck.is_set()
    texts = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    assert not [text for text in texts if b"resourcePlans" in text or b"pending" in text]


def answered(world: Crashing, command: str) -> Done:
    """Run a command from the page in a terminal, and answer yes to each question."""
    controller, terminal = pty.openpty()
    os.write(controller, b"y\n" * 3)
    done = subprocess.run(
        ["sh", "-c", command.replace("dynostack", str(warm.dynostack()), 1)],
        cwd=world.directory,
        env={**os.environ, **world.variables},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    os.close(controller)
    os.close(terminal)
    assert done.returncode == 0, done.stdout
    return Done(done.returncode, done.stdout)


def test_the_page_is_followed(world: Crashing) -> None:
    dry, real = BLOCKS["After a crash"].commands
    (unlock,) = BLOCKS["A lock of another machine"].commands
    (destroy,) = BLOCKS["Billed and in no state"].commands
    lock(world, socket.gethostname())
    make_pending(world, datetime.now(UTC), "www.acme.example")
    assert "adopt it into the state" in answered(world, dry).output
    assert "review: nothing changes" in answered(world, real).output

    lock(world, "elsewhere", identity=unlock.split()[4])
    assert "released the lock" in answered(world, unlock).output

    attributes = {"plan": "heroku-postgresql:standard-0", "name": destroy.split()[4]}
    world.server.post(f"/apps/{APP}/addons", attributes)
    assert f"destroyed {attributes['name']}" in answered(world, destroy).output
    assert attributes["name"] not in world.addons()
