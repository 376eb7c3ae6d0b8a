"""The example site pushed with Git to the app that Pulumi made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.rehearsal import Done, Rehearsal

pytestmark = pytest.mark.e2e
AUTHOR = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example")


def git(rehearsal: Rehearsal, folder: Path, *words: str) -> Done:
    return rehearsal.inside("git", "-C", str(folder), *AUTHOR, *words)


def commit(rehearsal: Rehearsal, folder: Path) -> None:
    for words in (("add", "--all"), ("commit", "--quiet", "--message", "Change")):
        done = git(rehearsal, folder, *words)
        assert done.exit_code == 0, done.output


def test_a_push_is_what_runs_until_one_fails(
    rehearsal: Rehearsal, site: str, tmp_path: Path
) -> None:
    folder = tmp_path / "pushed"
    shutil.copytree(rehearsal.directory / "examples/django", folder)
    page = folder / "visits/templates/visits/front_page.html"
    page.write_text(page.read_text().replace("The shop is open", "The shop was pushed"))
    address = rehearsal.heroku(f"/apps/{site}")["git_url"]
    assert git(rehearsal, folder, "init", "--quiet", "--initial-branch=main").exit_code == 0
    commit(rehearsal, folder)

    pushed = git(rehearsal, folder, "push", address, "main")

    assert pushed.exit_code == 0, pushed.output
    assert "remote: -----> Python app detected" in pushed.output
    assert "remote: Verifying deploy... done." in pushed.output
    assert "The shop was pushed" in rehearsal.page(site)[1]
    preview = rehearsal.pulumi("preview", "-s", "local", "--expect-no-changes")
    assert preview.exit_code == 0, preview.output

    (folder / "requirements.txt").unlink()
    commit(rehearsal, folder)
    refused = git(rehearsal, folder, "push", address, "main")
    assert refused.exit_code != 0
    assert "No default language could be detected for this app" in refused.output
    assert "(pre-receive hook declined)" in refused.output
    assert "The shop was pushed" in rehearsal.page(site)[1]
