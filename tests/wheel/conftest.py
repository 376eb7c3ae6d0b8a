"""The wheel, and environments with it and each extra."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wheel.package import Installed, build, copy_source


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build(copy_source(folder / "source"), folder / "dist", "--wheel")


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed.of(wheel, tmp_path_factory.mktemp("base") / "venv")


@pytest.fixture(scope="module")
def pulumi(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed.of(wheel, tmp_path_factory.mktemp("pulumi") / "venv", "[pulumi]")


@pytest.fixture(scope="module")
def local(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed.of(wheel, tmp_path_factory.mktemp("local") / "venv", "[local]")
