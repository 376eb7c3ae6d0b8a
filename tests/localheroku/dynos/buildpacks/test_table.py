"""Which buildpacks build a source, by the names that an app gives them or by its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localheroku.dynos.buildpacks import table
from localheroku.dynos.buildpacks.table import Buildpacks, entry_of
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.source import BuildFailed

PYTHON = "requirements.txt"


@pytest.fixture
def buildpacks(tmp_path: Path) -> Iterator[Buildpacks]:
    registry = ProcessRegistry(tmp_path / "running.json")
    yield Buildpacks(tmp_path / "data", registry)
    registry.close()


def source(folder: Path, *files: str) -> Path:
    app = folder / "source"
    app.mkdir()
    for file in files:
        (app / file).write_text("{}")
    return app


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("heroku/python", "heroku/python"),
        ("urn:buildpack:heroku/python", "heroku/python"),
        ("https://github.com/heroku/heroku-buildpack-python", "heroku/python"),
        ("https://github.com/heroku/heroku-buildpack-python.git#v351", "heroku/python"),
        (
            "https://buildpack-registry.s3.amazonaws.com/buildpacks/heroku/python.tgz",
            "heroku/python",
        ),
        ("heroku/nodejs", "heroku/nodejs"),
        ("https://github.com/heroku/heroku-buildpack-nodejs#latest", "heroku/nodejs"),
        ("heroku-community/apt", "heroku-community/apt"),
        ("https://github.com/heroku/heroku-buildpack-apt.git#main", "heroku-community/apt"),
        ("https://github.com/heroku/heroku-buildpack-pgbouncer", "heroku/pgbouncer"),
        ("https://github.com/heroku/heroku-buildpack-nodejs/archive/main.tar.gz", "heroku/nodejs"),
        ("https://github.com/heroku/python", None),
        ("https://git.example/heroku/python.git", None),
        ("https://github.com/someone/heroku-buildpack-python", None),
        ("heroku/ruby", None),
    ],
)
def test_a_buildpack_has_several_addresses(address: str, name: str | None) -> None:
    entry = entry_of(address)
    assert (entry and entry.name) == name


def test_each_buildpack_has_names_of_its_own() -> None:
    names = [name for each in table.BUILDPACKS for name in (each.name, *each.repositories)]
    assert len(set(names)) == len(names)


def test_a_buildpack_that_is_not_run_is_named(buildpacks: Buildpacks, tmp_path: Path) -> None:
    lines: list[str] = []
    addresses = ["https://me:hunter2@example.com/my-pack", "heroku/python", "heroku/ruby"]
    found = buildpacks.of_source(source(tmp_path, PYTHON), addresses, lines.append)
    assert [each.name for each in found] == ["heroku/python"]
    assert [line.split(" is not run here")[0] for line in lines] == [
        "the buildpack https://example.com/my-pack",
        "the buildpack heroku/ruby",
    ]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ((PYTHON,), "heroku/python"),
        (("package.json",), "heroku/nodejs"),
        (("package.json", PYTHON), "heroku/nodejs"),
        (("Aptfile", PYTHON), "heroku/python"),
    ],
)
def test_heroku_detects_one_buildpack(
    buildpacks: Buildpacks, tmp_path: Path, files: tuple[str, ...], name: str
) -> None:
    lines: list[str] = []
    found = buildpacks.of_source(source(tmp_path, *files), [], lines.append)
    assert [each.name for each in found] == [name]
    ambiguous = {"package.json", PYTHON} <= set(files)
    assert [line.startswith("Multiple default buildpacks") for line in lines] == [True] * ambiguous


@pytest.mark.parametrize("name", ["heroku/nodejs", "heroku-community/apt", "heroku/python"])
def test_a_buildpack_that_cannot_build_the_source(
    buildpacks: Buildpacks, tmp_path: Path, name: str
) -> None:
    with pytest.raises(BuildFailed, match="the source has no "):
        buildpacks.of_source(source(tmp_path), [name], print)


def test_a_source_that_no_buildpack_can_build(buildpacks: Buildpacks, tmp_path: Path) -> None:
    app = source(tmp_path)
    with pytest.raises(BuildFailed, match="none of the app's buildpacks can be run here"):
        buildpacks.of_source(app, ["heroku/ruby"], print)
    with pytest.raises(BuildFailed, match="No default language could be detected"):
        buildpacks.of_source(app, [], print)
