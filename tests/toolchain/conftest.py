"""Fixtures of the toolchain's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynostack.toolchain.build import Build
from dynostack.toolchain.engine import Engine
from dynostack.toolchain.resolve import find_engine
from tests.toolchain.parts import Loopback, Told, loopback

TINY = """package main

import (
	"fmt"
	"os"
)

var Version string

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(Version)
	}
}
"""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def releases() -> Iterator[Loopback]:
    with loopback() as site:
        yield site


@pytest.fixture
def tiny(tmp_path: Path) -> Build:
    """Return a Go program of a few lines that is pinned and built like the engine."""
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH: nothing can be built here")
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.test/tiny\n\ngo 1.21\n")
    (folder / "main.go").write_text(TINY)
    return Build(folder=folder, package="example.test/tiny", version_variable="main.Version")


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the engine of this machine."""
    return find_engine(Told())


@pytest.fixture(scope="session")
def bare_engine(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return the same engine without a language host beside it, like a self-built one."""
    if not engine.has_language_host:
        return engine
    alone = tmp_path_factory.mktemp("engine") / "pulumi"
    shutil.copy(engine.path, alone)
    return Engine(alone, engine.version, engine.way)
