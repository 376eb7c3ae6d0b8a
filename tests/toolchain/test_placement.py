"""Tests of the placement of engine, provider and language host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dynostack.local.workspace import LocalSettings, LocalWorkspace
from dynostack.toolchain import versions
from dynostack.toolchain.engine import Engine, Way
from dynostack.toolchain.placement import place_tools
from tests.toolchain.parts import pulumi_that_is

PROVIDER = f"plugins/resource-heroku-v{versions.HEROKU_PLUGIN_VERSION}/pulumi-resource-heroku"
HOST = f"plugins/language-python-v{versions.ENGINE_VERSION}/pulumi-language-python"


@pytest.fixture
def world(tmp_path: Path) -> LocalWorkspace:
    return LocalWorkspace(tmp_path / "a project", LocalSettings())


@pytest.fixture(params=[Way.PATH, Way.BUILD], ids=lambda way: way.name)
def some_engine(request: pytest.FixtureRequest, tmp_path: Path, world: LocalWorkspace) -> Engine:
    way: Way = request.param
    world.project.mkdir()
    pulumi = pulumi_that_is(tmp_path / "engine", "3.258.0", with_host=way is not Way.BUILD)
    return Engine(pulumi, "3.258.0", way)


def inodes(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_ino for path in folder.rglob("*")}


def test_engine_and_provider(world: LocalWorkspace, some_engine: Engine) -> None:
    place_tools(world, some_engine)
    assert world.pulumi.readlink() == some_engine.path
    assert (world.pulumi_home / PROVIDER).stat().st_mode & 0o111
    assert "-m dynostack.provider" in (world.pulumi_home / PROVIDER).read_text()


def test_language_host_only_where_the_engine_has_none(
    world: LocalWorkspace, some_engine: Engine
) -> None:
    place_tools(world, some_engine)
    assert (world.pulumi_home / HOST).exists() == (some_engine.way is Way.BUILD)


def test_second_time_changes_nothing(world: LocalWorkspace, some_engine: Engine) -> None:
    place_tools(world, some_engine)
    before = inodes(world.root)
    place_tools(world, some_engine)
    assert inodes(world.root) == before


def test_another_engine_replaces_the_first(
    world: LocalWorkspace, some_engine: Engine, tmp_path: Path
) -> None:
    place_tools(world, some_engine)
    other = Engine(pulumi_that_is(tmp_path / "other", "3.259.0"), "3.259.0", Way.PATH)
    place_tools(world, other)
    assert world.pulumi.readlink() == other.path


def test_launcher_runs_this_python(world: LocalWorkspace, some_engine: Engine) -> None:
    """Check that modules in the current directory are not used."""
    place_tools(world, some_engine)
    (world.project / "dynostack").mkdir()
    (world.project / "dynostack/__init__.py").write_text("raise SystemExit('the wrong one')")
    launcher = (world.pulumi_home / PROVIDER).read_text()
    assert f"exec {sys.executable} -P -m" in launcher
    told = launcher.replace("-m dynostack.provider", '-c "import dynostack.local.workspace"')
    subprocess.run(["/bin/sh", "-c", told], cwd=world.project, check=True)
