"""Which files of a real checkout are built."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.files import source_files
from tests.environment.checkout.repository import commit, git, repository, write

SITE = ("manage.py", "Procfile", "shop/settings.py")
PULUMI = "name: shop\nruntime: python\n"


def names(project: Path, source: str) -> set[str]:
    return set(source_files(project, source).names)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with the Django project at its top, and infra/ beside it."""
    top = tmp_path / "shop"
    write(top, {name: name for name in SITE})
    write(top, {"infra/Pulumi.yaml": PULUMI, "infra/__main__.py": "", "infra/config/a.py": ""})
    write(top, {".gitignore": "*.log\n.venv/\n"})
    return repository(top)


def test_a_project_in_a_folder_below_the_source_is_left_out_as_a_whole(top: Path) -> None:
    write(top, {"infra/.dynostack/sources/x": "", "infrastructure.md": ""})
    assert names(top / "infra", "..") == {*SITE, ".gitignore", "infrastructure.md"}


def test_ignored_files_are_left_out_and_untracked_ones_are_named(top: Path) -> None:
    write(top, {"a.log": "", ".venv/bin/python": "", "b.py": "", "new/c.py": ""})
    found = source_files(top / "infra", "..")
    assert set(found.names) == {*SITE, ".gitignore", "b.py", "new/c.py"}
    assert found.untracked == ("b.py", "new/c.py")
    assert found.note == "building 2 files of .. that Git does not track: b.py, new/c.py"


def test_a_long_note_names_the_first_files_and_counts_the_others(top: Path) -> None:
    write(top, {f"{letter}.py": "" for letter in "vwxyz"})
    assert source_files(top / "infra", "..").note.endswith("track: v.py, w.py, x.py and 2 more")


def test_without_untracked_files_there_is_no_note(top: Path) -> None:
    assert source_files(top / "infra", "..").note == ""


NEVER = {
    "node_modules/x/index.js": "",
    "shop/__pycache__/settings.pyc": "",
    ".env": "STRIPE_KEY=x",
    "shop/.env.local": "",
    "db.sqlite3": "",
    "environment/pyvenv.cfg": "",
    "environment/lib/x.py": "",
}


def test_what_is_never_built_is_built_only_if_git_tracks_it(top: Path) -> None:
    write(top, NEVER)
    assert names(top / "infra", "..") == {*SITE, ".gitignore"}
    commit(top)
    assert names(top / "infra", "..") == {*SITE, ".gitignore", *NEVER}


@pytest.mark.parametrize("has_program", [True, False])
def test_without_git_everything_else_is_built(
    top: Path, monkeypatch: pytest.MonkeyPatch, has_program: bool
) -> None:
    write(top, {**NEVER, "a.log": "", ".dynostack/x": ""})
    if has_program:
        shutil.rmtree(top / ".git")
    else:
        monkeypatch.setenv("PATH", "")
    found = source_files(top / "infra", "..")
    assert set(found.names) == {*SITE, ".gitignore", "a.log"}
    assert ("git, which" in found.note) == (not has_program)


def test_a_folder_that_an_outer_repository_ignores_is_not_a_part_of_it(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*\n", "work/site/manage.py": "", "work/Pulumi.yaml": PULUMI})
    repository(tmp_path)
    assert names(tmp_path / "work", "site") == {"manage.py"}


def test_a_folder_that_is_not_a_repository_is_built_whole(tmp_path: Path) -> None:
    write(tmp_path, {".git/README": "", "site/manage.py": "", "Pulumi.yaml": PULUMI})
    assert names(tmp_path, "site") == {"manage.py"}


def test_a_subfolder_of_a_repository(top: Path) -> None:
    write(top, {"backend/manage.py": "", "backend/x.log": "", "backend/y.py": ""})
    git(top, "add", "backend/manage.py")
    assert names(top / "infra", "../backend") == {"manage.py", "y.py"}


def test_the_projects_own_files_are_left_out_beside_the_source(tmp_path: Path) -> None:
    own = {
        "Pulumi.yaml": PULUMI,
        "Pulumi.prod.yaml": "",
        "__main__.py": "from stacks import declare",
        "config/__init__.py": "from dynostack.environment import Environment",
        "config/environment.schema.json": "",
        "stacks/__init__.py": "",
        "stacks/app.py": "import pulumi",
        ".dynostack/x": "",
    }
    write(tmp_path, {**own, "manage.py": "", "shop/Pulumi.yaml": "", "requirements.txt": ""})
    assert names(tmp_path, ".") == {"manage.py", "shop/Pulumi.yaml", "requirements.txt"}


def test_packages_and_programs_that_are_not_pulumis_are_built(tmp_path: Path) -> None:
    files = {
        "__main__.py": "print('run with python .')",
        "config/__init__.py": "import dynostack",
        "config/settings.py": "",
        "stacks/__init__.py": "import django",
    }
    write(tmp_path, {**files, "Pulumi.yaml": "name: shop\nruntime: python\nmain: deploy\n"})
    assert names(tmp_path, ".") == set(files)


def test_slugignore_is_gitignore_without_negation(top: Path) -> None:
    ignored = {"docs/a.md": "", "shop/x.psd": "", "tests/a.py": ""}
    write(top, {".slugignore": "# big\n/docs/\n*.psd\ntests\n!tests/a.py\n!manage.py\n"})
    write(top, {**ignored, "shop/docs/b.md": ""})
    commit(top)
    assert names(top / "infra", "..") == {*SITE, ".gitignore", ".slugignore", "shop/docs/b.md"}


def test_deleted_files_are_not_built_and_replaced_ones_are(top: Path) -> None:
    (top / "Procfile").unlink()
    (top / "manage.py").unlink()
    write(top, {"manage.py/inside": ""})
    assert names(top / "infra", "..") == {"shop/settings.py", ".gitignore", "manage.py/inside"}


def test_links_are_built_as_links_and_not_followed(top: Path) -> None:
    (top / "link").symlink_to("shop")
    (top / "dangling").symlink_to("/nowhere")
    assert names(top / "infra", "..") == {*SITE, ".gitignore", "link", "dangling"}


def test_names_need_not_be_text(top: Path) -> None:
    (top / os.fsdecode(b"caf\xe9.py")).write_text("")
    found = source_files(top / "infra", "..")
    assert os.fsdecode(b"caf\xe9.py") in found.names
    assert found.note == "building a file of .. that Git does not track: caf?.py"


@pytest.fixture
def with_submodule(top: Path, tmp_path: Path) -> Path:
    write(tmp_path / "theme", {"a.css": ""})
    repository(tmp_path / "theme")
    add = ("submodule", "add", "-q", str(tmp_path / "theme"), "shop/theme")
    git(top, "-c", "protocol.file.allow=always", *add)
    commit(top)
    return top


def test_the_files_of_a_submodule_are_built(with_submodule: Path) -> None:
    write(with_submodule, {"shop/theme/b.css": ""})
    found = source_files(with_submodule / "infra", "..")
    assert {"shop/theme/a.css", "shop/theme/b.css"} < set(found.names)
    assert found.untracked == ("shop/theme/b.css",)


def test_a_submodule_that_is_not_checked_out_is_an_error(
    with_submodule: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(with_submodule), str(clone))
    with pytest.raises(IncompleteCheckout, match="the submodule shop/theme is not checked out"):
        names(clone / "infra", "..")
    write(clone, {".slugignore": "shop/theme\n"})
    assert {"manage.py", ".slugignore"} < names(clone / "infra", "..")


def test_the_repository_may_be_a_submodule_or_a_worktree(
    with_submodule: Path, tmp_path: Path
) -> None:
    inner = with_submodule / "shop/theme"
    write(inner, {"x.log": "", "infra/Pulumi.yaml": PULUMI})
    assert names(inner / "infra", "..") == {"a.css", "x.log"}
    git(tmp_path / "theme", "worktree", "add", "-q", str(tmp_path / "other"))
    write(tmp_path / "other", {"infra/Pulumi.yaml": PULUMI})
    assert names(tmp_path / "other/infra", "..") == {"a.css"}


def test_a_repository_of_its_own_inside_is_left_out(top: Path) -> None:
    write(top / "vendor", {"a.py": ""})
    repository(top / "vendor")
    assert names(top / "infra", "..") == {*SITE, ".gitignore"}


def test_a_sparse_checkout_without_files_of_the_source_is_an_error(top: Path) -> None:
    write(top, {"docs/a.md": "", "docs/b.md": ""})
    commit(top)
    git(top, "sparse-checkout", "set", "shop", "infra")
    with pytest.raises(IncompleteCheckout, match=r"leaves out docs/a.md, docs/b.md; write"):
        names(top / "infra", "..")
    assert names(top / "infra", "../shop") == {"settings.py"}


def test_a_local_change_of_a_file_that_git_leaves_alone_is_built(top: Path) -> None:
    git(top, "update-index", "--skip-worktree", "Procfile")
    assert "Procfile" in names(top / "infra", "..")


def test_a_conflict_lists_a_file_once(top: Path) -> None:
    git(top, "checkout", "-q", "-b", "other")
    write(top, {"Procfile": "one"})
    commit(top)
    git(top, "checkout", "-q", "-")
    write(top, {"Procfile": "two"})
    commit(top)
    subprocess.run(["git", "-C", top, "merge", "other"], capture_output=True, check=False)
    assert names(top / "infra", "..") == {*SITE, ".gitignore"}


def test_git_of_a_hook_does_not_lead_to_another_repository(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other")
    monkeypatch.chdir(top)
    assert names(top / "infra", "..") == {*SITE, ".gitignore"}


def test_no_program_of_the_repository_is_run(top: Path, tmp_path: Path) -> None:
    write(tmp_path, {"hook": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / "hook").chmod(0o755)
    git(top, "config", "core.fsmonitor", str(tmp_path / "hook"))
    names(top / "infra", "..")
    assert not (tmp_path / "ran").exists()


def test_an_error_of_git_is_not_taken_for_no_repository(top: Path) -> None:
    (top / ".git/index").write_bytes(b"broken")
    with pytest.raises(IncompleteCheckout, match=r"git cannot list the files of .*index"):
        names(top / "infra", "..")


def test_a_clone_that_does_not_keep_modes_uses_those_of_the_commit(top: Path) -> None:
    (top / "manage.py").chmod(0o755)
    commit(top)
    (top / "manage.py").chmod(0o644)
    (top / "Procfile").chmod(0o755)
    found = source_files(top / "infra", "..")
    assert [found.is_executable(name, (top / name).stat().st_mode) for name in SITE[:2]] == [
        False,
        True,
    ]
    git(top, "config", "core.fileMode", "false")
    found = source_files(top / "infra", "..")
    assert [found.is_executable(name, (top / name).stat().st_mode) for name in SITE[:2]] == [
        True,
        False,
    ]
