"""Tests of finding the Django project in a repository."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dynostack.errors import LocalError
from dynostack.scaffold.repository import Repository
from tests.scaffold.repositories import django, write


def nobody(_: Sequence[str]) -> str | None:
    return None


def found(root: Path) -> list[str]:
    return [str(each) for each in Repository(root).django_projects]


@pytest.mark.parametrize("with_git", [True, False])
def test_only_what_is_the_projects_own_is_searched(tmp_path: Path, *, with_git: bool) -> None:
    others = ("node_modules/x/", ".venv/lib/", "env/lib/")
    files = {name: text for each in ("", *others) for name, text in django(each).items()}
    root = write(tmp_path, {**files, ".gitignore": "env/\n.venv\n"}, with_git=with_git)
    for venv in (".venv", "env"):
        (root / venv / "pyvenv.cfg").touch()
    wanted = {".", "node_modules/x"} if with_git else {"."}
    assert {*found(root)} == wanted


def test_another_manage_py_is_none_of_django(tmp_path: Path) -> None:
    root = write(tmp_path, {"manage.py": "print('backup')\n", **django("site/")})
    assert found(root) == ["site"]


def test_the_highest_one_is_used(tmp_path: Path) -> None:
    root = write(tmp_path, {**django("tests/project/"), **django("site/")})
    assert str(Repository(root).chosen(None, nobody)) == "site"


def test_several_need_a_choice(tmp_path: Path) -> None:
    root = write(tmp_path, {**django("shop/"), **django("blog/")})
    repository = Repository(root)
    with pytest.raises(LocalError, match="blog, shop; add --source FOLDER"):
        repository.chosen(None, nobody)
    assert str(repository.chosen(None, lambda folders: folders[1])) == "shop"
    assert str(repository.chosen("./shop/", nobody)) == "shop"
    with pytest.raises(LocalError, match="folders with one: blog, shop"):
        repository.chosen("docs", nobody)


def test_a_repository_without_django_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path, {"README.md": "", "app.py": ""})
    with pytest.raises(LocalError, match=r"has no manage\.py of Django among its 2 files"):
        Repository(root).chosen(None, nobody)


@pytest.mark.parametrize(
    ("files", "source"),
    [
        ({"Procfile": "web: x\n"}, "."),
        ({"requirements.txt": ""}, "."),
        ({"backend/Procfile": "web: x\n", "requirements.txt": ""}, "backend"),
        ({"backend/uv.lock": ""}, "backend"),
        ({}, "backend/site"),
    ],
)
def test_heroku_builds_the_folder_of_the_procfile(
    tmp_path: Path, files: dict[str, str], source: str
) -> None:
    root = write(tmp_path, {**django("backend/site/"), **files})
    (project,) = Repository(root).django_projects
    assert str(Repository(root).source_of(project)) == source


def test_new_files_that_git_would_ignore(tmp_path: Path) -> None:
    root = write(tmp_path, {".gitignore": "*.local.yaml\n"})
    names = ["infra/Pulumi.local.yaml", "infra/Pulumi.yaml"]
    assert Repository(root).ignores(names) == names[:1]
