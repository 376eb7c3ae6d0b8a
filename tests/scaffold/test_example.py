"""The top of this repository is what `dynostack new` writes for the example."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from dynostack.scaffold.project import NewProject
from dynostack.scaffold.repository import Repository

ROOT = Path(__file__).parents[2]
OF_ITS_OWN = {
    ".gitignore",
    "Pulumi.local.yaml",
    "Pulumi.prod.yaml",
    "config/__init__.py",
    "pyproject.toml",
    "requirements.txt",
    "tests/conftest.py",
}
"""Files that the library needs as well, or in which the example shows more than a new project."""


def test_the_example_is_a_new_project() -> None:
    django = PurePosixPath("examples/django")
    files = NewProject(Repository(ROOT), django, PurePosixPath(), "shop").files
    here = {name: (ROOT / name).read_text("utf-8") for name in files}
    assert {name for name, text in files.items() if text != here[name]} == OF_ITS_OWN
