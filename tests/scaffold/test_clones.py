"""A new project that comes up, and a second user's clone of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port
from tests.scaffold.repositories import SERVED, write

pytestmark = pytest.mark.e2e

DYNOSTACK = str(Path(sys.executable).with_name("dynostack"))
PERSON = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com")


def run(folder: Path, *command: str, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    return run(folder, "git", *PERSON, *arguments)


def status(repository: Path) -> str:
    return git(repository, "status", "--porcelain")


@pytest.fixture
def first(tmp_path: Path) -> Iterator[LocalWorkspace]:
    """Return the first user's project, committed and up."""
    repository = write(tmp_path / "blog", SERVED)
    run(repository, DYNOSTACK, "new")
    settings = repository / "infra/pyproject.toml"
    settings.write_text(settings.read_text().replace("5050", str(free_port())))
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "Add infra")
    workspace = LocalWorkspace.of(repository / "infra")
    server = ServerProcess(workspace)
    run(repository / "infra", DYNOSTACK, "up")
    yield workspace
    server.leave()


def seen(project: Path, variables: Mapping[str, str]) -> str:
    return run(project, DYNOSTACK, "review", "local", **variables)


@pytest.mark.long
def test_a_second_clone_has_no_difference(first: LocalWorkspace, tmp_path: Path) -> None:
    repository = first.project.parent
    assert status(repository) == ""
    second = tmp_path / "another place/clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(second))
    shutil.copytree(first.project / ".venv", second / "infra/.venv", symlinks=True)
    variables = first.variables()

    assert "nothing changes" in seen(second / "infra", variables)
    assert status(second) == ""

    (second / "blog/__pycache__").mkdir()
    (second / "blog/__pycache__/settings.pyc").write_text("any")
    (second / "debug.log").write_text("any")
    git(second, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    with (second / "infra/Pulumi.local.yaml").open("a") as file:
        file.write("# a comment\n")
    assert "nothing changes" in seen(second / "infra", variables)

    (second / "blog/views.py").write_text("# new\n")
    assert "build" in seen(second / "infra", variables)
