"""One add-on's memcached process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from localheroku.addons import launching
from localheroku.addons.memcached import sasl
from localheroku.addons.ports import HOST
from localheroku.addons.server_per_addon import ServerRecord
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import make_private

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

DEFAULT_MEGABYTES = 64
DEFAULT_CONNECTIONS = 1024
START_SECONDS = 10
STOP_SECONDS = 5
USERS = ("memcache", "nobody")
"""Users that it can run as when we are root; Debian's package creates the first."""


@dataclass(frozen=True)
class CacheRecord(ServerRecord):
    """The stored settings of one add-on."""

    username: str
    password: str

    def options(self) -> list[str]:
        """Return the options for memcached's command line, which contain no secret."""
        limits = {
            "-m": self.megabytes or DEFAULT_MEGABYTES,
            "-c": self.connection_limit or DEFAULT_CONNECTIONS,
        }
        options = ["-S", "-l", HOST, "-p", str(self.port), "-U", "0", "-t", "1"]
        for name, value in limits.items():
            options += [name, str(value)]
        return options


def launch(cache: CacheRecord, folder: Path) -> subprocess.Popen[bytes]:
    """Start a memcached with its passwords in `folder`.

    Raises:
        MissingProgram: memcached, or what it needs for SASL, is not installed.
        ServiceFailed: the passwords cannot be written.
    """
    make_private(folder)
    sasl.write_credentials(folder, cache.username, cache.password)
    command = [sasl.program(sasl.MEMCACHED), *cache.options()]
    # Relative, as its user may not be able to enter a folder below a private HOME.
    return launching.launch(command, folder, USERS, env={"SASL_CONF_PATH": "."})


async def wait(child: subprocess.Popen[bytes], cache: CacheRecord, folder: Path) -> None:
    """Return when a memcached accepts its user.

    Raises:
        ServiceFailed: it has ended, or rejects its user.
    """
    deadline = time.monotonic() + START_SECONDS
    while not await sasl.can_log_in(cache.port, cache.username, cache.password):
        if child.poll() is not None:
            raise ServiceFailed(f"memcached did not start: {launching.last_lines(folder)}")
        if time.monotonic() > deadline:
            raise ServiceFailed(
                "memcached runs but rejects its own user: install the packages libsasl2-modules "
                "and sasl2-bin (Debian, Ubuntu)"
            )
        await asyncio.sleep(0.02)


def end(process: psutil.Process) -> None:
    """Kill a memcached: it has nothing to save and takes a second to end gently."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
        process.wait(STOP_SECONDS)
