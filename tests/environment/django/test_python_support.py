"""The suggested Python is the newest that Heroku offers and the packages accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.environment.django.python_support import suggested
from dynostack.environment.django.requirements import Packages
from dynostack.environment.django.text import SourceFolder


@pytest.mark.parametrize(
    ("versions", "python"),
    [
        ({}, "3.14"),
        ({"django": "6.0.1"}, "3.14"),
        ({"django": "5.2"}, "3.14"),
        ({"django": "5.1.9"}, "3.13"),
        ({"django": "4.2.1"}, "3.12"),
        ({"django": "3.2.18"}, "3.11"),
        ({"django": "5.2", "psycopg2-binary": "2.9.9"}, "3.12"),
        ({"django": "5.2", "psycopg2-binary": "2.9.11"}, "3.14"),
        ({"django": "4.2", "psycopg2-binary": "2.9.5"}, "3.11"),
        ({"django": "3.2.2", "psycopg2-binary": "2.9.1"}, "3.10"),
        ({"django": "2.2.13", "psycopg2-binary": "2.8.6"}, "3.10"),
        ({"django": "a.b"}, "3.14"),
    ],
)
def test_packages(versions: dict[str, str], python: str, tmp_path: Path) -> None:
    assert suggested(SourceFolder(tmp_path, "."), Packages(versions=versions)) == python


@pytest.mark.parametrize(
    ("file", "text", "python"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.11,<3.13"', "3.12"),
        ("pyproject.toml", '[project]\nrequires-python = "~=3.12.0"', "3.12"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"', "3.14"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "~3.13"', "3.13"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "3.12"', "3.12"),
        ("pyproject.toml", "[project\n", "3.14"),
        ("pyproject.toml", '[project]\nrequires-python = "newest"', "3.14"),
        ("Pipfile", '[requires]\npython_version = "3.12"', "3.12"),
    ],
)
def test_files(file: str, text: str, python: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    assert suggested(SourceFolder(tmp_path, "."), Packages()) == python
