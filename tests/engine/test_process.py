"""Tests of the real engine with a damaged state, and with a second engine at the same time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dynostack.engine.file_backend import StateFolder
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.engine.stacks import PulumiProject
from dynostack.toolchain.engine import Engine
from dynostack.toolchain.resolve import find_engine
from tests.toolchain.parts import Told
from tests.toolchain.rig import OFFLINE, Rig

pytestmark = pytest.mark.e2e

PROGRAM = "import pulumi\npulumi.export('answer', 42)\n"
OUTPUT = ("stack", "output", "--json", "--stack")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find_engine(Told())


@pytest.fixture(scope="module")
def updated(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    """Return a project with a stack that was updated twice and one that never was."""
    rig = Rig.of(tmp_path_factory.mktemp("rig") / "project", engine, PROGRAM)
    rig.run("up", "--yes", "--skip-preview")
    rig.run("up", "--yes", "--skip-preview")
    rig.run("stack", "init", "other", "--no-select")
    return rig


@pytest.fixture
def rig(updated: Rig, tmp_path: Path) -> Rig:
    """Return a copy of the updated project, for one test to damage."""
    shutil.copytree(updated.world.project, tmp_path / "project", symlinks=True)
    return Rig(type(updated.world)(tmp_path / "project", updated.world.heroku))


def runner_of(rig: Rig) -> PulumiProcess:
    return PulumiProcess(str(rig.world.pulumi), rig.world.project, None, rig.environment)


def stacks_of(rig: Rig) -> Path:
    (folder,) = rig.world.root.glob("**/.pulumi/stacks/rig")
    return folder


def restore(rig: Rig) -> None:
    folder = runner_of(rig).state_folder
    damage = folder.damage(rig.world.project, "local") if folder else None
    assert damage
    damage.restore()


@pytest.mark.long
@pytest.mark.parametrize("text", ["", '{"version": 3, "checkpo', "\0\0\0", "[]", "\udcff"])
def test_a_damaged_state_is_named_with_its_backup(rig: Rig, text: str) -> None:
    state = stacks_of(rig) / "local.json"
    damaged = text.encode(errors="surrogateescape")
    state.write_bytes(damaged)
    runner = runner_of(rig)

    told = []
    for read in (
        lambda: runner.answer("stack", "ls", "--json"),
        lambda: runner.answer(*OUTPUT, "local"),
        lambda: runner.show("up", "--yes", "--stack", "organization/rig/local"),
        lambda: runner.lock("local"),
    ):
        with pytest.raises(EngineFailed) as failed:
            read()
        told.append(str(failed.value))

    (message,) = set(told)
    assert message.startswith(f"the state file {state} is damaged: it is ")
    assert f"{state}.bak is an earlier state of the stack" in message
    assert "= in project rig, run dynostack recover local;" in message
    assert runner.answer(*OUTPUT, "other") == {}
    restore(rig)
    assert state.with_name("local.json.damaged").read_bytes() == damaged
    runner.show("up", "--yes", "--skip-preview", "--stack", "local")
    assert runner.answer(*OUTPUT, "local") == {"answer": 42}


def test_an_older_backup_is_named_if_the_newest_is_damaged(rig: Rig) -> None:
    for name in ("local.json", "local.json.bak"):
        (stacks_of(rig) / name).write_text("")
    runner = runner_of(rig)

    with pytest.raises(EngineFailed) as failed:
        runner.lock("local")

    assert "/.pulumi/backups/rig/local/local." in str(failed.value)
    restore(rig)
    assert runner.answer(*OUTPUT, "local") == {"answer": 42}

    (stacks_of(rig) / "local.json").write_text("")
    shutil.rmtree(stacks_of(rig).parents[1] / "backups")
    with pytest.raises(EngineFailed, match="it has no readable backup"):
        runner.lock("local")


def test_the_state_of_another_stack_is_named(rig: Rig) -> None:
    state, backup = stacks_of(rig) / "local.json", stacks_of(rig) / "local.json.bak"
    whole = state.read_text()
    other = whole.replace("urn:pulumi:local::", "urn:pulumi:theirs::")
    assert other != whole
    state.write_text(other)
    with pytest.raises(EngineFailed, match="it is the state of stack theirs of project rig"):
        runner_of(rig).lock("local")
    state.write_text("")
    backup.write_text(other)
    with pytest.raises(EngineFailed, match=r"/\.pulumi/backups/rig/local/local\."):
        runner_of(rig).lock("local")


def test_a_damaged_stack_of_another_project_is_ignored(rig: Rig) -> None:
    """Projects can share a file:// address; only a list of all stacks reads all of them."""
    theirs = stacks_of(rig).with_name("theirs")
    theirs.mkdir()
    (theirs / "local.json").write_text("")
    runner = runner_of(rig)

    assert runner.lock("local") is None
    assert runner.answer(*OUTPUT, "local") == {"answer": 42}
    with pytest.raises(EngineFailed, match=r"theirs/local\.json is damaged: it is empty"):
        runner.answer("stack", "ls", "--json")


def test_two_commands_at_once_can_create_the_same_stacks(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    for stack in ("local", "new"):
        (rig.world.project / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    stacks, others = StateFolder.stacks, iter([PulumiProject(rig.world)])

    def slow(self: StateFolder, project: Path) -> set[str]:
        """List the stacks, then let another command create them before this one does."""
        known = stacks(self, project)
        for other in others:
            other.create_stacks("new")
        return known

    monkeypatch.setattr(StateFolder, "stacks", slow)

    PulumiProject(rig.world).create_stacks("new")

    listed = {stack["name"] for stack in runner_of(rig).answer("stack", "ls", "--json")}
    assert {"local", "new"} <= listed
    assert listed == stacks(StateFolder.below(rig.world.state), rig.world.project)


def test_compressed_stacks_are_listed_too(rig: Rig) -> None:
    rig.variables["PULUMI_DIY_BACKEND_GZIP"] = "true"
    rig.run("stack", "init", "packed", "--no-select")
    assert (stacks_of(rig) / "packed.json.gz").exists()
    listed = {stack["name"] for stack in runner_of(rig).answer("stack", "ls", "--json")}
    assert "packed" in listed
    assert listed == StateFolder.below(rig.world.state).stacks(rig.world.project)


@pytest.mark.parametrize("packs", ["false", "true"])
def test_the_state_in_a_folder_is_what_the_engine_exports(rig: Rig, packs: str) -> None:
    rig.variables["PULUMI_DIY_BACKEND_GZIP"] = packs
    rig.run("stack", "init", f"kept-{packs}", "--no-select")
    runner = runner_of(rig)
    for stack in ("local", f"kept-{packs}"):
        assert runner.exported(stack) == runner.answer("stack", "export", "--stack", stack)


def test_a_stack_that_no_folder_has_is_not_exported(rig: Rig) -> None:
    assert runner_of(rig).exported("missing") is None
