"""Tests of the real engine in the layout of the official release: everything in one folder."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.engine import Engine, Way
from dynostack.toolchain.release import Release
from dynostack.toolchain.resolve import Sources, find_engine
from localheroku.core.cache import Cache
from tests.toolchain.parts import (
    HOST_PROGRAMS,
    Loopback,
    Told,
    archive_of,
    program,
    release_at,
)
from tests.toolchain.rig import Rig

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PROGRAM = "import pulumi\npulumi.export('answer', 42)\n"


@pytest.fixture
def release(bare_engine: Engine, releases: Loopback) -> Release:
    """Return a release of this machine's engine, with our host in place of the official one."""
    host = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m dynostack.toolchain.host "$@"\n'
    files = {f"pulumi/{name}": host.encode() for name in HOST_PROGRAMS}
    releases.publish(archive_of({"pulumi/pulumi": bare_engine.path.read_bytes(), **files}))
    return release_at(releases)


def assert_no_warning(rig: Rig) -> None:
    assert "warning" not in rig.run("preview").lower()
    assert "warning" not in rig.run("up", "--yes").lower()
    assert rig.outputs() == {"answer": 42}
    assert not list(rig.world.pulumi_home.glob("plugins/language-python-*"))


def test_downloaded(
    release: Release, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    engine = find_engine(told, Sources(Cache(tmp_path / "cache"), release))
    assert engine.way is Way.RELEASE
    assert_no_warning(Rig.of(tmp_path / "project", engine, PROGRAM))


def test_installed_by_the_user(
    release: Release, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Use an engine in a folder on PATH, where the engine also looks for plugins."""
    bin_folder = tmp_path / "pulumi"
    bin_folder.mkdir()
    release.fetch(bin_folder, told)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}/usr/bin:/bin")
    engine = find_engine(told, Sources(Cache(tmp_path / "cache"), release))
    assert engine.way is Way.PATH
    assert_no_warning(Rig.of(tmp_path / "project", engine, PROGRAM))


def test_another_language_host_on_path(
    bare_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ignore the host of an older Pulumi, without a warning."""
    program(tmp_path / "old" / versions.LANGUAGE_PLUGIN, "echo not a port; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'old'}{os.pathsep}/usr/bin:/bin")
    rig = Rig.of(tmp_path / "project", bare_engine, PROGRAM)
    assert "warning" not in rig.run("preview").lower()
