"""Tests of finding an engine that the user has installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.engine import Way
from dynostack.toolchain.errors import Unavailable
from dynostack.toolchain.installed import engine_on_path
from tests.toolchain.parts import program, pulumi_that_is

NEWER = f"{versions.ENGINE_MAJOR}.999.0"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def on_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))


@pytest.mark.parametrize("version", [versions.ENGINE_VERSION, NEWER])
def test_new_enough(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    pulumi = pulumi_that_is(tmp_path / "bin", version)
    on_path(monkeypatch, tmp_path / "bin")
    engine = engine_on_path(cache)
    assert (engine.path, engine.version, engine.way) == (pulumi, version, Way.PATH)
    assert engine.has_language_host


def test_link_to_it(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the host if only `pulumi` is on PATH, as with Homebrew and most version managers."""
    pulumi = pulumi_that_is(tmp_path / "Cellar/pulumi/bin", NEWER)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pulumi").symlink_to(pulumi)
    on_path(monkeypatch, tmp_path / "bin")
    assert engine_on_path(cache).path == pulumi


@pytest.mark.parametrize("version", ["3.1.0", "2.999.0", f"{versions.ENGINE_MAJOR + 1}.0.0"])
def test_other_version(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    pulumi_that_is(tmp_path / "bin", version)
    on_path(monkeypatch, tmp_path / "bin")
    with pytest.raises(Unavailable, match=f"has version {version}; "):
        engine_on_path(cache)


def test_without_language_host(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi_that_is(tmp_path / "bin", NEWER, with_host=False)
    on_path(monkeypatch, tmp_path / "bin")
    with pytest.raises(Unavailable, match="has no pulumi-language-python next to it"):
        engine_on_path(cache)


def test_the_first_good_one_is_used(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi_that_is(tmp_path / "old", "3.1.0")
    good = pulumi_that_is(tmp_path / "good", NEWER)
    on_path(monkeypatch, tmp_path / "none", tmp_path / "old", tmp_path / "good")
    assert engine_on_path(cache).path == good


def test_a_broken_one_does_not_hide_a_good_one(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "broken/pulumi", "exit 3")
    good = pulumi_that_is(tmp_path / "good", NEWER)
    on_path(monkeypatch, tmp_path / "broken", tmp_path / "good")
    assert engine_on_path(cache).path == good


def test_engine_of_the_cache(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignore the link into the cache at the start of PATH: the engine is not the user's own."""
    cached = pulumi_that_is(cache / "engine", NEWER)
    (tmp_path / "world/bin").mkdir(parents=True)
    (tmp_path / "world/bin/pulumi").symlink_to(cached)
    on_path(monkeypatch, tmp_path / "world/bin")
    with pytest.raises(Unavailable, match="no pulumi on PATH"):
        engine_on_path(cache)
