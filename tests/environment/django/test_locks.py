"""Only the packages of a lock file's main group are installed."""

from __future__ import annotations

import json

import pytest

from dynostack.environment.django.locks import locked, locked_versions


def uv(*packages: tuple[str, str]) -> str:
    """Return a uv.lock of packages with the lines of each."""
    return "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\n{lines}\n' for name, lines in packages
    )


EXTRAS = '[package.optional-dependencies]\nx = [{ name = "c" }]'


def test_uv_follows_dependencies_and_extras() -> None:
    text = uv(
        ("shop", 'source = { virtual = "." }\ndependencies = [{ name = "a", extra = ["x"] }]'),
        (
            "a",
            f'dependencies = [{{ name = "b" }}]\n{EXTRAS}',
        ),
        ("b", ""),
        ("c", ""),
        ("dev", ""),
    )
    text = text.replace(
        '"x" }]\n', '"x" }]\n[package.dev-dependencies]\ndev = [{ name = "dev" }]\n'
    )
    assert {*locked("uv.lock", text)} == {"shop", "a", "b", "c"}


def test_uv_without_the_project_itself_counts_all() -> None:
    assert {*locked("uv.lock", uv(("a", ""), ("b", "")))} == {"a", "b"}


@pytest.mark.parametrize(
    "lines", ['groups = ["{}"]', 'category = "{}"', 'category = "{}"\noptional = false']
)
def test_poetry_names_groups(lines: str) -> None:
    text = uv(("a", lines.format("main")), ("b", lines.format("dev")))
    assert [*locked("poetry.lock", text)] == ["a"]


POETRY_2 = uv(
    ("a", '[package.dependencies]\nB = ">=1"\n[package.extras]\nx = ["c (>=1)"]'),
    ("b", ""),
    ("c", ""),
    ("dev", ""),
)


@pytest.mark.parametrize(
    "project",
    [
        '[tool.poetry.dependencies]\npython = "^3.12"\nA = "1"',
        '[project]\ndependencies = ["A (>=1,<2)"]',
    ],
)
def test_poetry_follows_the_project_where_the_lock_names_no_group(project: str) -> None:
    assert {*locked("poetry.lock", POETRY_2, project)} == {"a", "b", "c"}


def test_poetry_without_a_project_counts_all() -> None:
    assert {*locked("poetry.lock", POETRY_2)} == {"a", "b", "c", "dev"}


def test_pipenv_has_two_groups() -> None:
    text = json.dumps({"default": {"a": {"version": "==1.2"}}, "develop": {"b": {}}})
    assert [*locked("Pipfile.lock", text)] == ["a"]
    assert [*locked_versions("Pipfile.lock", text)] == [("a", "1.2")]


def test_versions() -> None:
    assert [*locked_versions("uv.lock", uv(("a", "")))] == [("a", "1")]


@pytest.mark.parametrize("text", ["[[package]]\n", "[[package]\n", "package = 1\n"])
@pytest.mark.parametrize("file", ["uv.lock", "poetry.lock"])
def test_a_damaged_file(file: str, text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        [*locked(file, text)]
