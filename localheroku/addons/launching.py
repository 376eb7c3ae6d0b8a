"""How a server of an add-on starts: its user, its environment, its log, and who reaps it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from localheroku.addons import accounts
from localheroku.core.atomic_files import make_private

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

LOG = "log"
"""The file in the server's folder with what it prints."""


class LaunchedProcesses:
    """The processes that this local Heroku started and must reap when they end."""

    def __init__(self) -> None:
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    async def start(
        self,
        launch: Callable[[], subprocess.Popen[bytes]],
        wait: Callable[[subprocess.Popen[bytes]], Awaitable[None]],
    ) -> psutil.Process:
        """Start a process and return it when it is ready; kill it if it never is.

        Args:
            launch: starts the process; called in another thread.
            wait: returns when the process is ready, and raises an exception if it will not be.
        """
        self.collect()
        child = await asyncio.to_thread(launch)
        self._children[child.pid] = child
        try:
            await wait(child)
        except BaseException:
            child.kill()
            await asyncio.to_thread(child.wait)
            raise
        return psutil.Process(child.pid)

    def collect(self) -> None:
        """Reap the processes that have ended."""
        self._children = {pid: one for pid, one in self._children.items() if one.poll() is None}


def launch(
    command: Sequence[str | Path],
    folder: Path,
    users: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.Popen[bytes]:
    """Start a server in its own folder, with a log there and none of our environment variables.

    Args:
        command: the program and its options, which everybody on this machine can read.
        folder: the server's working folder, which identifies it.
        users: the users that it can run as when we are root; it gets all files in the folder.
        env: its environment variables besides PATH.
        stdin: its standard input, which may contain secrets.
    """
    make_private(folder)
    log = folder / LOG
    log.unlink(missing_ok=True)
    log.touch(mode=0o600)
    # A file without a name: a pipe could fill up, and the command line is for everybody to read.
    with log.open("ab") as output, tempfile.TemporaryFile() as given:
        given.write(stdin.encode())
        given.seek(0)
        return subprocess.Popen(
            command,
            env={"PATH": os.defpath, **(env or {})},
            cwd=folder,
            stdin=given,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **_user_options(Path(command[0]).name, folder, users),
        )


def last_lines(folder: Path) -> str:
    """Return the last lines of a server's log, as part of an error message."""
    text = (folder / LOG).read_text(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join(lines[-2:]) or "it printed nothing"


def _user_options(program: str, folder: Path, users: Sequence[str]) -> dict[str, Any]:
    """Return Popen options for the user that a server runs as when we are root."""
    if os.geteuid() != 0:
        return {}
    user = accounts.first_of(users, program)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
