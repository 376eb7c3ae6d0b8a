"""memcached and the program that writes its users: on PATH, else from the package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.core.programs import SYSTEM_FOLDERS, find, search_path

from .errors import ToolchainError

if TYPE_CHECKING:
    from .progress import Progress

APT_PACKAGES = ("memcached", "sasl2-bin", "libsasl2-modules")
ADVICE = (
    f"install them with your system's packages (Debian and Ubuntu: apt-get install"
    f" {' '.join(APT_PACKAGES)}; Fedora: dnf install memcached cyrus-sasl cyrus-sasl-plain)"
)


@dataclass(frozen=True)
class Memcached:
    """The programs of a memcached whose clients log in, as MemCachier's do."""

    server: Path
    saslpasswd: Path

    def __str__(self) -> str:
        return f"memcached: {self.server}"


def find_memcached(progress: Progress, folders: tuple[str, ...] = SYSTEM_FOLDERS) -> Memcached:
    """The memcached of this machine, installed first where it is missing.

    Raises ToolchainError with what to install where that cannot be done from here.
    """
    if missing := missing_programs(folders):
        _install(missing, folders, progress)
        if missing := missing_programs(folders):
            raise ToolchainError(f"there still is no {' and no '.join(missing)}; {ADVICE}")
    found = Memcached(_program("memcached", folders), _program("saslpasswd2", folders))
    _require_sasl(found.server)
    progress.say(str(found))
    return found


def missing_programs(folders: tuple[str, ...] = SYSTEM_FOLDERS) -> list[str]:
    """Which of the two are neither on PATH nor in `folders`."""
    return [name for name in ("memcached", "saslpasswd2") if find(name, folders) is None]


def _program(name: str, folders: tuple[str, ...]) -> Path:
    if (found := find(name, folders)) is None:
        raise ToolchainError(f"this machine has no {name}; {ADVICE}")
    return Path(found)


def _require_sasl(server: Path) -> None:
    """memcached reads its options in turn and stops at -S when it was built without it."""
    if subprocess.run([server, "-S", "-h"], capture_output=True, check=False).returncode != 0:
        raise ToolchainError(
            f"{server} is built without SASL, so its clients cannot log in as MemCachier's do;"
            " put a memcached that was configured with --enable-sasl before it on PATH"
        )


def _install(missing: list[str], folders: tuple[str, ...], progress: Progress) -> None:
    if shutil.which("apt-get") and (become := _become_root()) is not None:
        progress.say(f"installing {', '.join(APT_PACKAGES)} with apt-get")
        # Packages are set up by programs that a plain user's PATH may not have.
        path = f"PATH={search_path(folders)}"
        _apt([*become, "env", path, "DEBIAN_FRONTEND=noninteractive"], missing)
    elif sys.platform == "darwin" and shutil.which("brew"):
        progress.say("installing memcached with Homebrew")
        _run(["brew", "install", "--quiet", "memcached"])
    else:
        raise ToolchainError(f"this machine has no {' and no '.join(missing)}; {ADVICE}")


def _become_root() -> list[str] | None:
    """What to write before a command; None where it takes a password that nobody can type."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and _succeeds([*sudo, "true"]):
        return sudo
    return None


def _apt(root: list[str], missing: list[str]) -> None:
    apt = [*root, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    # A fresh machine has no lists.  Where they cannot be had, the installation says so.
    _succeeds([*apt, "update"])
    _run([*apt, "install", "--yes", "--no-install-recommends", *APT_PACKAGES])
    if "memcached" in missing:
        # The package starts a server for the whole machine, open to every user; ours are our own.
        _succeeds([*root, "update-rc.d", "memcached", "disable"])
        _succeeds([*root, "service", "memcached", "stop"])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise ToolchainError(f"`{' '.join(command)}` failed: {''.join(last)}; {ADVICE}")
