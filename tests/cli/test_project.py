"""Tests of commands for a project as a whole, as a user's shell runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dynostack.local.workspace import STATE_PASSPHRASE
from tests import warm
from tests.scaffold.repositories import SERVED, write


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    programs = warm.dynostack().parent
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.e2e
def test_the_shell_of_a_new_project_has_pulumi(tmp_path: Path) -> None:
    write(tmp_path, SERVED)
    assert shell(tmp_path, "dynostack new").returncode == 0
    (project,) = (file.parent for file in tmp_path.rglob("Pulumi.yaml"))
    done = shell(project, 'eval "$(dynostack env)" && pulumi version && command -v pulumi')
    assert done.returncode == 0, done.stderr
    version, program = done.stdout.splitlines()
    assert version.removeprefix("v").startswith("3.")
    assert program == str(project / ".dynostack/bin/pulumi")


def test_a_shell_without_pulumi_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    empty = {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "PATH": f"{warm.dynostack().parent}:/bin",
    }
    nowhere = "https://127.0.0.1:9"
    done = shell(tmp_path, "dynostack env", DYNOSTACK_ENGINE_RELEASES=nowhere, **empty)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot find, download or build the Pulumi engine" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.e2e
def test_the_passphrase_of_the_shell_comes_first(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    public = f"export PULUMI_CONFIG_PASSPHRASE={STATE_PASSPHRASE}\n"
    assert public in shell(tmp_path, "dynostack env").stdout
    file = tmp_path / "passphrase"
    for variables in (
        {"PULUMI_CONFIG_PASSPHRASE": "own"},
        {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)},
    ):
        assert "PASSPHRASE" not in shell(tmp_path, "dynostack env", **variables).stdout
