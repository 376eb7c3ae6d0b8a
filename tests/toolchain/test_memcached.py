"""Tests of finding and installing memcached, with scripts in place of package managers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from dynostack.toolchain.errors import ToolchainError
from dynostack.toolchain.memcached import find_memcached, missing_programs
from tests.toolchain.parts import Told, program

NEEDED = ("sh", "env", "cp", "cat")
"""The programs that the scripts call; the test's PATH has no others of this machine."""


@dataclass
class Machine:
    """A machine with only `bin` on PATH."""

    bin: Path
    packages: Path

    @property
    def calls(self) -> list[str]:
        log = self.packages / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def has(self, name: str, text: str = "exit 0") -> None:
        program(self.bin / name, text)

    def offers(self, *names: str) -> None:
        """Return the folder of the packages that the package managers can install."""
        for name in names:
            program(self.packages / "programs" / name, "exit 0")

    def has_manager(self, name: str, *, sets: str = "") -> None:
        """Add a package manager whose install command copies every offered program."""
        programs = self.packages / "programs"
        self.has(
            name,
            f'echo "{sets}{name} $*" >> {self.packages}/calls\n'
            f'case " $* " in *" install "*) cp {programs}/* {self.bin}/ ;; esac',
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(folder))
    (tmp_path / "packages/programs").mkdir(parents=True)
    return Machine(folder, tmp_path / "packages")


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_on_path(machine: Machine, told: Told) -> None:
    machine.has("memcached")
    machine.has("saslpasswd2")
    found = find_memcached(told, ())
    assert (found.server, found.saslpasswd) == (
        machine.bin / "memcached",
        machine.bin / "saslpasswd2",
    )
    assert told.said == [f"memcached: {machine.bin / 'memcached'}"]


def test_administrators_folder(machine: Machine, told: Told, tmp_path: Path) -> None:
    machine.has("memcached")
    program(tmp_path / "sbin/saslpasswd2", "exit 0")
    assert find_memcached(told, (str(tmp_path / "sbin"),)).saslpasswd.parent == tmp_path / "sbin"


@pytest.mark.usefixtures("as_root")
def test_apt_as_root(machine: Machine, told: Told) -> None:
    machine.has_manager("apt-get", sets="$DEBIAN_FRONTEND ")
    machine.has_manager("update-rc.d")
    machine.has_manager("service")
    machine.offers("memcached", "saslpasswd2")
    find_memcached(told, ())
    apt = "noninteractive apt-get -q -o DPkg::Lock::Timeout=120"
    packages = "memcached sasl2-bin libsasl2-modules"
    assert machine.calls == [
        f"{apt} update",
        f"{apt} install --yes --no-install-recommends {packages}",
        "update-rc.d memcached disable",
        "service memcached stop",
    ]
    assert "installing memcached, sasl2-bin, libsasl2-modules with apt-get" in told.said[0]


@pytest.mark.usefixtures("as_root")
def test_the_users_own_memcached_is_not_stopped(machine: Machine, told: Told) -> None:
    machine.has("memcached")
    machine.has_manager("apt-get")
    machine.has_manager("service")
    machine.offers("saslpasswd2")
    find_memcached(told, ())
    assert not any(call.startswith("service") for call in machine.calls)


@pytest.mark.usefixtures("as_user")
def test_apt_with_sudo(machine: Machine, told: Told) -> None:
    machine.has("sudo", '[ "$1" = -n ] || exit 1; shift\n[ "$1" = true ] || "$@"')
    machine.has_manager("apt-get")
    machine.offers("memcached", "saslpasswd2")
    find_memcached(told, ())
    assert machine.calls[-1].endswith("memcached sasl2-bin libsasl2-modules")


@pytest.mark.usefixtures("as_user")
def test_apt_without_rights(machine: Machine, told: Told) -> None:
    machine.has("sudo", "exit 1")
    machine.has_manager("apt-get")
    with pytest.raises(ToolchainError, match="memcached and saslpasswd2 not found; install"):
        find_memcached(told, ())
    assert machine.calls == []


@pytest.mark.usefixtures("as_root")
def test_apt_finds_administrators_programs(machine: Machine, told: Told, tmp_path: Path) -> None:
    machine.has("apt-get", 'case "$*" in *install*) ldconfig ;; esac')
    copy = f"cp {machine.packages}/programs/* {machine.bin}/"
    program(tmp_path / "sbin/ldconfig", copy)
    machine.offers("memcached", "saslpasswd2")
    assert find_memcached(told, (str(tmp_path / "sbin"),)).server == machine.bin / "memcached"


@pytest.mark.usefixtures("as_root")
def test_apt_that_fails(machine: Machine, told: Told) -> None:
    machine.has("apt-get", "echo 'E: Unable to locate package memcached' >&2; exit 100")
    with pytest.raises(ToolchainError, match="Unable to locate package memcached") as raised:
        find_memcached(told, ())
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("as_user")
def test_homebrew(machine: Machine, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    machine.has("saslpasswd2")
    machine.has_manager("brew")
    machine.offers("memcached")
    find_memcached(told, ())
    assert machine.calls == ["brew install --quiet memcached"]


@pytest.mark.usefixtures("as_user")
def test_no_package_manager(machine: Machine, told: Told) -> None:
    with pytest.raises(ToolchainError) as raised:
        find_memcached(told, ())
    assert "apt-get install memcached sasl2-bin libsasl2-modules" in str(raised.value)
    assert missing_programs(()) == ["memcached", "saslpasswd2"]


def test_memcached_without_sasl(machine: Machine, told: Told) -> None:
    machine.has("memcached", '[ "$1" != -S ] || exit 64')
    machine.has("saslpasswd2")
    with pytest.raises(ToolchainError, match="was built without SASL"):
        find_memcached(told, ())


def test_this_machines_memcached_has_sasl(told: Told) -> None:
    if missing := missing_programs():
        pytest.skip(f"{' and '.join(missing)} is not installed")
    version = subprocess.check_output([find_memcached(told).server, "-V"], text=True)
    assert version.startswith("memcached ")
