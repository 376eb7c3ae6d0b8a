"""Tests of which source of the engine is used, and that it is reported."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.build import Build
from dynostack.toolchain.engine import Way, engine_version
from dynostack.toolchain.errors import ToolchainError, WrongChecksum
from dynostack.toolchain.resolve import Sources, find_engine
from localheroku.core.cache import Cache
from tests.toolchain.parts import (
    Loopback,
    Told,
    archive_of,
    pulumi_that_is,
    release_at,
    release_files,
)


@dataclass
class Scene:
    """A machine: what is on PATH, what can be downloaded, what can be built."""

    sources: Sources
    releases: Loopback
    path: Path

    @property
    def kept(self) -> list[str]:
        folder = self.sources.cache.folder
        return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.fixture
def scene(tmp_path: Path, releases: Loopback, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a machine without an engine on PATH, without downloads and without Go."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    sources = Sources(
        Cache(tmp_path / "cache"),
        release_at(releases),
    )
    return Scene(sources, releases, tmp_path / "bin")


@pytest.fixture
def scene_with_go(
    tiny: Build, tmp_path: Path, releases: Loopback, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    go = Path(shutil.which("go") or "")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{go.parent}")
    sources = Sources(Cache(tmp_path / "cache"), release_at(releases), tiny)
    return Scene(sources, releases, tmp_path / "bin")


def test_first_source(scene: Scene, told: Told) -> None:
    pulumi = pulumi_that_is(scene.path, versions.ENGINE_VERSION)
    engine = find_engine(told, scene.sources)
    assert (engine.path, engine.way) == (pulumi, Way.PATH)
    assert scene.releases.requests == []
    assert told.said == [
        f"Pulumi {versions.ENGINE_VERSION}: the official engine on PATH ({pulumi})"
    ]


def test_second_source(scene: Scene, told: Told) -> None:
    scene.releases.publish(archive_of(release_files()))
    engine = find_engine(told, scene.sources)
    assert engine.way is Way.RELEASE
    assert engine.has_language_host
    assert "the official release, downloaded and verified" in told.said[-1]


def test_third_source(scene_with_go: Scene, told: Told) -> None:
    engine = find_engine(told, scene_with_go.sources)
    assert engine.way is Way.BUILD
    assert not engine.has_language_host
    assert ".".join(map(str, engine_version(engine.path))) == versions.ENGINE_VERSION
    assert "cannot download the official release" in told.said[0]
    assert "answers 404" in told.said[0]
    assert "built from its Go module" in told.said[-1]


@pytest.mark.parametrize("way", [Way.RELEASE, Way.BUILD])
def test_second_time_from_the_cache(scene_with_go: Scene, told: Told, way: Way) -> None:
    if way is Way.RELEASE:
        scene_with_go.releases.publish(archive_of(release_files()))
    first = find_engine(told, scene_with_go.sources)
    assert first.way is way
    scene_with_go.releases.requests.clear()
    told.said.clear()
    told.shown.clear()
    assert find_engine(told, scene_with_go.sources) == first
    assert (told.said, told.shown) == ([str(first)], [])
    assert scene_with_go.releases.requests == []


def test_wrong_checksum_ends_it(scene_with_go: Scene, told: Told) -> None:
    scene_with_go.releases.publish(archive_of(release_files()), checksum="0" * 64)
    with pytest.raises(WrongChecksum) as raised:
        find_engine(told, scene_with_go.sources)
    assert "\n" not in str(raised.value)
    assert scene_with_go.kept == []
    assert not any("building" in text for text in told.shown)


def test_no_source(scene: Scene, told: Told) -> None:
    with pytest.raises(ToolchainError) as raised:
        find_engine(told, scene.sources)
    text = str(raised.value)
    assert "no pulumi on PATH" in text
    assert "answers 404" in text
    assert "go is not on PATH; install Go" in text
    assert "https://www.pulumi.com/docs/install/" in text
    assert scene.kept == []
