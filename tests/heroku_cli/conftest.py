"""The Heroku CLI and a local Heroku with fake backends."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynostack.local.workspace import LocalSettings, LocalWorkspace
from localheroku.core.state import Settings
from tests.heroku_cli import on_path
from tests.heroku_cli.heroku import Heroku, environment, guarded_exit
from tests.localheroku.client import Api, check_recorded
from tests.localheroku.conftest import api, backends
from tests.ports import free_port

__all__ = ["api", "backends"]


@pytest.fixture(scope="session")
def program() -> Path:
    return on_path.cli()


@pytest.fixture
def world(tmp_path: Path) -> LocalWorkspace:
    made = LocalWorkspace(tmp_path / "project", LocalSettings(free_port()))
    made.project.mkdir()
    made.create()
    return made


@pytest.fixture
def settings(world: LocalWorkspace) -> Settings:
    """Return the settings that `dynostack local start` would use."""
    heroku = world.heroku
    return Settings(world.heroku_data, heroku.port, heroku.account, heroku.team)


@pytest.fixture
def cli(program: Path, world: LocalWorkspace, tmp_path: Path) -> Iterator[Heroku]:
    """Run the CLI in a project's local environment, whether or not its local Heroku runs."""
    outside: list[str] = []
    with guarded_exit(outside) as proxy:
        variables = environment(world, tmp_path / "home", proxy)
        yield Heroku(program, world.project, variables, outside)


@pytest.fixture
def heroku(cli: Heroku, api: Api) -> Iterator[Heroku]:
    """Run the CLI with a local Heroku; no command may try to reach another host.

    The local Heroku's responses to the CLI are checked like its responses to the tests.
    """
    recorder = api.heroku.platform.recorder
    recorder.start()
    yield cli
    assert cli.outside == []
    check_recorded(recorder.lines())


@pytest.fixture
def repository(heroku: Heroku) -> Heroku:
    """Run the CLI in a Git repository, whose remotes tell it which app to use."""
    subprocess.run(["git", "init", "-q"], cwd=heroku.folder, check=True)
    return heroku
