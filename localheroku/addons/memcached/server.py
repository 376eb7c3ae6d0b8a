"""One add-on's memcached process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from localheroku.addons import accounts, lookup
from localheroku.addons.memcached import sasl
from localheroku.addons.ports import HOST
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import make_private

DEFAULT_MEGABYTES = 64
DEFAULT_CONNECTIONS = 1024
START_SECONDS = 10
STOP_SECONDS = 5
USERS = ("memcache", "nobody")
"""Users that it can run as when we are root; Debian's package creates the first."""
LOG = "log"


@dataclass(frozen=True)
class CacheRecord:
    """The stored settings of one add-on."""

    port: int
    username: str
    password: str
    plan: str
    megabytes: int | None
    connection_limit: int | None

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


def running(folder: Path) -> psutil.Process | None:
    """Return the memcached whose passwords are in `folder`, whichever local Heroku started it."""
    return next(lookup.processes(sasl.MEMCACHED, lambda one: _working_folder(one) == folder), None)


def running_below(folder: Path) -> list[psutil.Process]:
    """Return the memcached processes whose passwords are in folders below `folder`."""
    return list(lookup.processes(sasl.MEMCACHED, lambda one: _working_folder(one).parent == folder))


def _working_folder(process: psutil.Process) -> Path:
    """Return the folder that the process runs in, which identifies it."""
    return Path(process.cwd().removesuffix(" (deleted)"))


class LaunchedProcesses:
    """The processes that this server started and must reap when they end."""

    def __init__(self) -> None:
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    async def start(self, cache: CacheRecord, folder: Path) -> psutil.Process:
        """Start a memcached with its passwords in `folder`.

        Raises:
            MissingProgram: memcached, or what it needs for SASL, is not installed.
            ServiceFailed: it did not start.
        """
        self.collect()
        log = folder / LOG
        child = await asyncio.to_thread(_launch, cache, folder, log)
        self._children[child.pid] = child
        try:
            await _wait(child, cache, log)
        except BaseException:
            child.kill()
            await asyncio.to_thread(child.wait)
            raise
        return psutil.Process(child.pid)

    async def end(self, process: psutil.Process) -> None:
        """Stop a memcached, whoever started it."""
        await asyncio.to_thread(end, process)
        self.collect()

    def collect(self) -> None:
        """Reap the processes that have ended."""
        self._children = {pid: one for pid, one in self._children.items() if one.poll() is None}


def _launch(cache: CacheRecord, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    make_private(folder)
    sasl.write_credentials(folder, cache.username, cache.password)
    log.unlink(missing_ok=True)
    log.touch(mode=0o600)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sasl.program(sasl.MEMCACHED), *cache.options()],
            # Relative, as its user may not be able to enter a folder below a private HOME.
            env={"SASL_CONF_PATH": ".", "PATH": os.defpath},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **_user_options(folder),
        )


def _user_options(folder: Path) -> dict[str, Any]:
    """Give the passwords to the user that memcached runs as when we are root; return that user."""
    if os.geteuid() != 0:
        return {}
    user = accounts.first_of(USERS, "memcached")
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


async def _wait(child: subprocess.Popen[bytes], cache: CacheRecord, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not await sasl.can_log_in(cache.port, cache.username, cache.password):
        if child.poll() is not None:
            raise ServiceFailed(f"memcached did not start: {_last_lines(log)}")
        if time.monotonic() > deadline:
            raise ServiceFailed(
                "memcached runs but rejects its own user: install the packages libsasl2-modules "
                "and sasl2-bin (Debian, Ubuntu)"
            )
        await asyncio.sleep(0.02)


def _last_lines(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "; ".join(lines[-2:]) or "it printed nothing"


def end(process: psutil.Process) -> None:
    """Kill a memcached: it has nothing to save and takes a second to end gently."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
        process.wait(STOP_SECONDS)
