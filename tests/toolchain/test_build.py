"""Tests of building real Go modules; `make test` builds the engine itself if it must."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.build import PINS, Build
from dynostack.toolchain.errors import Unavailable
from tests.toolchain.parts import Told, program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    return folder


def test_program_prints_the_pinned_version(tiny: Build, folder: Path, told: Told) -> None:
    tiny.make(folder, told)
    answer = subprocess.check_output([folder / "pulumi", "version"], text=True)
    assert answer.strip() == versions.ENGINE_VERSION


def test_no_path_of_this_machine_is_in_the_program(tiny: Build, folder: Path, told: Told) -> None:
    tiny.make(folder, told)
    assert str(tiny.folder).encode() not in (folder / "pulumi").read_bytes()


def test_progress_counts_packages(tiny: Build, folder: Path, told: Told) -> None:
    # Go does not compile, and so does not count, packages that it has compiled before.
    source = tiny.folder / "main.go"
    source.write_text(f"{source.read_text()}\n// {uuid4()}\n")
    tiny.make(folder, told)
    assert re.fullmatch(r"building the engine: \d+ of \d+ packages, \d+ s", told.shown[-1])


def test_failed_build_has_the_reason(tiny: Build, folder: Path, told: Told) -> None:
    (tiny.folder / "main.go").write_text("package main\n\nfunc main() { nonsense() }\n")
    with pytest.raises(Unavailable, match=r"go failed: .*undefined: nonsense"):
        tiny.make(folder, told)
    assert list(folder.iterdir()) == []


def test_pins_are_not_changed(tiny: Build, folder: Path, told: Told) -> None:
    """Check that a package that go.mod does not pin is refused and not downloaded."""
    source = tiny.folder / "main.go"
    source.write_text('package main\n\nimport _ "example.test/other"\n\nfunc main() {}\n')
    before = (tiny.folder / "go.mod").read_text()
    with pytest.raises(Unavailable, match=r"example\.test/other"):
        tiny.make(folder, told)
    assert (tiny.folder / "go.mod").read_text() == before


def test_no_go(folder: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"go is not on PATH; install Go 1\.\d+ or newer from"):
        Build().make(folder, told)


def test_old_go(folder: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin/go", "echo go1.19.5")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match=r"is too old \(go1\.19\.5\); install Go 1\.\d+ or newer"):
        Build().make(folder, told)


def test_go_that_cannot_download_a_newer_go(
    folder: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin/go", "echo 'go: download go1.99: no network' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match=r"no network; install Go 1\.\d+ or newer"):
        Build().make(folder, told)


def test_program_that_does_not_run(tiny: Build, folder: Path, told: Told) -> None:
    with pytest.raises(Unavailable, match="version prints no version"):
        replace(tiny, version="none").make(folder, told)


def test_engine_is_pinned_in_one_version() -> None:
    module = (PINS / "go.mod").read_text()
    assert f"require github.com/pulumi/pulumi/pkg/v3 v{versions.ENGINE_VERSION}\n" in module
    assert f"github.com/pulumi/pulumi/sdk/v3 v{versions.ENGINE_VERSION} " in module
    assert (PINS / "go.sum").is_file()
