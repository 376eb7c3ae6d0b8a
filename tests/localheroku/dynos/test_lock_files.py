"""What lock files say about the Python and the packages of an app."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localheroku.dynos import lock_files, package_manager, required_python

UV = '[[package]]\nname = "a"\nsource = {{ {source} }}\n'
POETRY = '[[package]]\nname = "a"\n[package.source]\ntype = "{kind}"\n'


@pytest.mark.parametrize(
    ("files", "accepted"),
    [
        ({"uv.lock": 'requires-python = ">=3.12"'}, ">=3.12"),
        ({"poetry.lock": '[metadata]\npython-versions = "^3.11"'}, "<4,>=3.11"),
        ({"poetry.lock": '[metadata]\npython-versions = ">=3.11,<3.14"'}, "<3.14,>=3.11"),
        ({"poetry.lock": '[metadata]\npython-versions = "~3.12.4"'}, "<3.13,>=3.12.4"),
        ({"poetry.lock": '[metadata]\npython-versions = "~3.12"'}, "<3.13,>=3.12"),
        ({"poetry.lock": '[metadata]\npython-versions = "3.11.10"'}, "==3.11.10"),
        ({"poetry.lock": '[metadata]\npython-versions = "3.11.*"'}, "==3.11.*"),
        ({"poetry.lock": '[metadata]\npython-versions = ">=3.11, !=3.12.1"'}, "!=3.12.1,>=3.11"),
        ({"poetry.lock": '[metadata]\npython-versions = "> 3.11, ~= 3.12.0"'}, ">3.11,~=3.12.0"),
        ({"poetry.lock": '[metadata]\npython-versions = "~3.11 || 3.13"'}, ""),
        ({"requirements.txt": "", "pyproject.toml": "[project]\nrequires-python='>3'"}, ">3"),
        ({"requirements.txt": "", "pyproject.toml": "[project"}, ""),
        ({"requirements.txt": "", "poetry.toml": "[metadata]\npython-versions='3'"}, ""),
    ],
)
def test_the_pythons_that_the_dependencies_accept(
    tmp_path: Path, files: dict[str, str], accepted: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    manager = package_manager.of_source(tmp_path)
    assert str(required_python.accepted(tmp_path, manager)) == accepted


@pytest.mark.parametrize(
    ("file", "text", "local"),
    [
        ("uv.lock", UV.format(source='registry = "wheels"'), False),
        ("uv.lock", UV.format(source='virtual = "."'), False),
        ("uv.lock", UV.format(source='editable = "."'), True),
        ("uv.lock", "[", True),
        ("poetry.lock", "", False),
        ("poetry.lock", POETRY.format(kind="git"), False),
        ("poetry.lock", POETRY.format(kind="directory"), True),
        ("Pipfile.lock", json.dumps({"default": {"a": {"version": "==1"}}}), False),
        ("Pipfile.lock", json.dumps({"default": {"a": {"git": "x", "editable": True}}}), False),
        ("Pipfile.lock", json.dumps({"default": {"a": {"path": "."}}}), True),
        ("requirements.txt", "a==1\n", False),
        ("requirements.txt", "-e .\n", True),
    ],
)
def test_packages_of_the_source_are_not_shared(
    tmp_path: Path, file: str, text: str, local: bool
) -> None:
    (tmp_path / file).write_text(text)
    (tmp_path / "pyproject.toml").write_text("[tool.poetry]\npackage-mode = false")
    manager = package_manager.of_source(tmp_path)
    assert lock_files.installs_source(tmp_path, manager) is local


def test_poetry_installs_the_project_itself(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").touch()
    (tmp_path / "pyproject.toml").write_text("[tool.poetry]\nname = 'shop'")
    assert lock_files.installs_source(tmp_path, package_manager.POETRY)
