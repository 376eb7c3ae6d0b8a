"""memcached and saslpasswd2, which adds its users: from PATH or the system's packages."""

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
    f"install them from your system's packages (Debian and Ubuntu: apt-get install"
    f" {' '.join(APT_PACKAGES)}; Fedora: dnf install memcached cyrus-sasl cyrus-sasl-plain)"
)


@dataclass(frozen=True)
class Memcached:
    """The programs of a memcached whose clients log in, as with MemCachier."""

    server: Path
    saslpasswd: Path

    def __str__(self) -> str:
        return f"memcached: {self.server}"


def find_memcached(progress: Progress, folders: tuple[str, ...] = SYSTEM_FOLDERS) -> Memcached:
    """Return the memcached of this machine, installing it if it is missing.

    Raises:
        ToolchainError: it cannot be installed from here; the message says what to install.
    """
    if missing := missing_programs(folders):
        _install(missing, folders, progress)
        if missing := missing_programs(folders):
            raise ToolchainError(
                f"{' and '.join(missing)} not found after the installation; {ADVICE}"
            )
    found = Memcached(_program("memcached", folders), _program("saslpasswd2", folders))
    _require_sasl(found.server)
    progress.say(str(found))
    return found


def missing_programs(folders: tuple[str, ...] = SYSTEM_FOLDERS) -> list[str]:
    """Return the programs that are neither on PATH nor in `folders`."""
    return [name for name in ("memcached", "saslpasswd2") if find(name, folders) is None]


def _program(name: str, folders: tuple[str, ...]) -> Path:
    if (found := find(name, folders)) is None:
        raise ToolchainError(f"{name} not found; {ADVICE}")
    return Path(found)


def _require_sasl(server: Path) -> None:
    """Check that a memcached was built with SASL.

    It reads its options in order, and fails at -S if it was built without SASL.

    Raises:
        ToolchainError: it was built without SASL.
    """
    if subprocess.run([server, "-S", "-h"], capture_output=True, check=False).returncode != 0:
        raise ToolchainError(
            f"{server} was built without SASL, so its clients cannot log in as with MemCachier;"
            " put a memcached that was configured with --enable-sasl before it on PATH"
        )


def _install(missing: list[str], folders: tuple[str, ...], progress: Progress) -> None:
    if shutil.which("apt-get") and (become := _become_root()) is not None:
        progress.say(f"installing {', '.join(APT_PACKAGES)} with apt-get")
        # apt-get runs programs that may not be on the PATH of a user without root's rights.
        path = f"PATH={search_path(folders)}"
        _apt([*become, "env", path, "DEBIAN_FRONTEND=noninteractive"], missing)
    elif sys.platform == "darwin" and shutil.which("brew"):
        progress.say("installing memcached with Homebrew")
        _run(["brew", "install", "--quiet", "memcached"])
    else:
        raise ToolchainError(f"{' and '.join(missing)} not found; {ADVICE}")


def _become_root() -> list[str] | None:
    """Return the prefix that runs a command as root; None if that needs a password."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and _succeeds([*sudo, "true"]):
        return sudo
    return None


def _apt(root: list[str], missing: list[str]) -> None:
    apt = [*root, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    # A fresh machine has no package lists.  If this fails, the installation reports why.
    _succeeds([*apt, "update"])
    _run([*apt, "install", "--yes", "--no-install-recommends", *APT_PACKAGES])
    if "memcached" in missing:
        # The package starts a server that is open to every user of the machine; we start our own.
        _succeeds([*root, "update-rc.d", "memcached", "disable"])
        _succeeds([*root, "service", "memcached", "stop"])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise ToolchainError(f"`{' '.join(command)}` failed: {''.join(last)}; {ADVICE}")
