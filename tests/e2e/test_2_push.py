"""The example site pushed with Git to the app that Pulumi created."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.rehearsal import Done, Rehearsal
from tests.heroku_cli.on_path import programs
from tests.pages import asides, blocks

pytestmark = pytest.mark.e2e
REMOTE, PUSH, SUBTREE = blocks()["Git push"].commands
AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Dev"), ("EMAIL", "dev@acme.example"))
}


def run(rehearsal: Rehearsal, folder: Path, command: str) -> Done:
    """Run a command in a folder, in a shell of the local world."""
    return rehearsal.inside("sh", "-c", f"cd {folder} && {command}")


def changed(rehearsal: Rehearsal, folder: Path, command: str) -> Done:
    """Commit all changes and run a command."""
    return run(rehearsal, folder, f"git add --all && git commit --quiet -m Change && {command}")


def write(site: Path, text: str) -> None:
    page = site / "visits/templates/visits/front_page.html"
    page.write_text(re.sub("The shop [a-z ]+", f"The shop {text}", page.read_text()))


@pytest.mark.long
def test_a_push_runs_until_one_fails(
    rehearsal: Rehearsal, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the commands of docs/local-heroku.md."""
    for name, value in AUTHOR.items():
        monkeypatch.setenv(name, value)
    remote = REMOTE.replace("5050", str(rehearsal.world.heroku.port))
    whole, folder = tmp_path / "whole", tmp_path / "site"
    shutil.copytree(rehearsal.directory / "examples", whole / "examples")
    write(whole / "examples/django", "was pushed")
    done = run(rehearsal, whole, f"git init --quiet --initial-branch=main && {remote}")
    assert done.exit_code == 0, done.output

    pushed = changed(rehearsal, whole, SUBTREE)

    assert pushed.exit_code == 0, pushed.output
    assert "remote: -----> Python app detected" in pushed.output
    assert "remote: Verifying deploy... done." in pushed.output
    assert "The shop was pushed" in rehearsal.page(site)[1]
    preview = rehearsal.pulumi("preview", "-s", "local", "--expect-no-changes")
    assert preview.exit_code == 0, preview.output

    address = rehearsal.heroku(f"/apps/{site}")["git_url"]
    done = run(rehearsal, tmp_path, f"git clone --quiet {address} site && cd site && {remote}")
    assert done.exit_code == 0, done.output
    write(folder, "was pushed again")
    pushed = changed(rehearsal, folder, PUSH)
    assert pushed.exit_code == 0, pushed.output
    assert "The shop was pushed again" in rehearsal.page(site)[1]

    (folder / "requirements.txt").unlink()
    refused = changed(rehearsal, folder, PUSH)
    assert refused.exit_code != 0
    assert "Couldn't find any supported Python package manager files" in refused.output
    assert "(pre-receive hook declined)" in refused.output
    assert "The shop was pushed again" in rehearsal.page(site)[1]


def test_the_cli_adds_the_remote(rehearsal: Rehearsal, site: str, tmp_path: Path) -> None:
    rehearsal.programs = programs(tmp_path)[:1]
    (command,) = (each for each in asides() if each.startswith("heroku git:remote"))
    done = run(rehearsal, tmp_path, f"git init --quiet && {command} && git remote -v")
    rehearsal.programs = []
    address = f"127.0.0.1:{rehearsal.world.heroku.port}/{site}.git"
    assert f"{address} (push)" in done.output
