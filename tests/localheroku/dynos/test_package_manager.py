"""Which package manager a source has, and what Heroku refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localheroku.dynos import package_manager
from localheroku.dynos.source import BuildFailed


def source(folder: Path, names: str) -> Path:
    for name in names.split():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ("requirements.txt", "pip"),
        ("pyproject.toml uv.lock", "uv"),
        ("pyproject.toml poetry.lock", "Poetry"),
        ("Pipfile Pipfile.lock", "Pipenv"),
        ("Pipfile.lock", "Pipenv"),
    ],
)
def test_a_file_in_the_top_folder_decides(tmp_path: Path, names: str, name: str) -> None:
    manager = package_manager.of_source(source(tmp_path, names))
    assert manager.name == name
    assert package_manager.find(tmp_path) is manager


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("Pipfile requirements.txt", "No 'Pipfile.lock' found: a Pipfile alone does not pin"),
        (
            "uv.lock requirements.txt Pipfile.lock",
            (
                "Multiple Python package manager files were found: Pipfile.lock (Pipenv), "
                "requirements.txt (pip), uv.lock (uv); keep that"
            ),
        ),
        ("setup.py Procfile", "Implicit setup.py file support has been sunset: write `--editable"),
        (
            "manage.py Procfile",
            (
                "Couldn't find any supported Python package manager files: the source has no "
                "Pipfile.lock, requirements.txt, poetry.lock or uv.lock in its top folder"
            ),
        ),
        ("README Procfile", "No default language could be detected for this app: the source has"),
        ("shop/uv.lock README", "uv.lock is in the source's folder shop, but Heroku looks only in"),
    ],
)
def test_what_heroku_does_not_build(tmp_path: Path, names: str, reason: str) -> None:
    with pytest.raises(BuildFailed, match=re.escape(reason)):
        package_manager.of_source(source(tmp_path, names))
