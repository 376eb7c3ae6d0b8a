"""Tests of the built wheel's files and metadata."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PathDistribution, packages_distributions
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dynostack.extras import MODULES
from tests.wheel.package import PACKAGES, ROOT, build, copy_source


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build(copy_source(folder / "source"), folder / "dist", "--wheel")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Distribution:
    (folder,) = (path for path in ZipPath(wheel).iterdir() if path.name.endswith(".dist-info"))
    return PathDistribution(folder)


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def requirements(metadata: Distribution, extra: str = "") -> list[Requirement]:
    """Return what an extra, or without one the base, requires of others."""
    every = map(Requirement, metadata.requires or ())
    found = [
        each
        for each in every
        if (each.marker.evaluate({"extra": extra}) if each.marker else not extra)
    ]
    nested = [name for each in found if each.name == "dynostack" for name in each.extras]
    return [
        *(each for each in found if each.name != "dynostack"),
        *(each for name in nested for each in requirements(metadata, name)),
    ]


def test_it_has_every_file_of_both_packages(wheel: Path) -> None:
    files = {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.parent.name != "__pycache__"
    }
    built = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert built == files
    assert {"dynostack/py.typed", "localheroku/py.typed"} <= built


def test_the_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    again = build(copy_source(tmp_path / "source"), tmp_path / "dist")
    assert len([*(tmp_path / "dist").glob("*.tar.gz")]) == 1
    assert contents(again) == contents(wheel)


def test_extras_bring_the_modules_by_which_commands_find_them(metadata: Distribution) -> None:
    distributions = packages_distributions()
    for extra, modules in MODULES.items():
        names = {canonicalize_name(each.name) for each in requirements(metadata, extra)}
        brought = {canonicalize_name(distributions[module][0]) for module in modules}
        assert brought == names, extra


def test_this_repository_pins_versions_that_the_metadata_allows(metadata: Distribution) -> None:
    text = (ROOT / "requirements.txt").read_text()
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    for each in (*requirements(metadata), *requirements(metadata, "local")):
        assert each.specifier.contains(pins[canonicalize_name(each.name)]), each


def test_every_lower_bound_is_stated(metadata: Distribution) -> None:
    for each in (*requirements(metadata), *requirements(metadata, "local")):
        assert {part.operator for part in each.specifier} & {">=", "=="}, each


def test_names_and_addresses_are_not_invented(metadata: Distribution) -> None:
    fields = {*metadata.metadata}
    assert not fields & {"Author", "Author-email", "Maintainer", "Home-page", "Project-URL"}
    assert {"Classifier", "Keywords", "License-Expression"} <= fields
