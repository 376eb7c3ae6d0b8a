"""The bare repositories, one for each app that was ever pushed or cloned."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from asyncio import StreamReader
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from uuid import uuid4

from localheroku.core import disk_full
from localheroku.core.cancellation import finished
from localheroku.core.errors import GitMissingError
from localheroku.dynos import processes
from localheroku.git import hook

INIT = ("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
DRAFT = ".draft"
QUARANTINES = "*.git/objects/*incoming-*"
LARGEST_PUSH = "1g"
CHUNK_BYTES = 1 << 16
SETTINGS = {
    "receive.maxInputSize": LARGEST_PUSH,
    # No process that Git starts continues after the push.
    "gc.autoDetach": "false",
    # In a container's volume, files can belong to another user, which Git refuses by default.
    "safe.directory": "*",
}


class GitFailed(Exception):
    """Git failed; the text is its output."""


def is_disk_full(error: Exception, folder: Path) -> bool:
    """Return whether Git, or our own code below the folder, failed because the disk is full."""
    is_git_error = isinstance(error, GitFailed) and disk_full.MESSAGE in str(error)
    return is_git_error or disk_full.is_disk_full(error, folder)


class PushInProgress(Exception):
    """Another push of the app has not ended yet."""


class Repositories:
    """Repositories named by their apps' ids, so that they stay when an app is renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hooks = folder / "hooks"
        self._making_lock = asyncio.Lock()
        self._prepared = False
        self._apps_pushing: set[str] = set()

    @property
    def folder(self) -> Path:
        return self._folder

    async def of(self, app_id: str) -> Path:
        """Return the app's repository; create it if missing."""
        path = self._folder / f"{app_id}.git"
        async with self._making_lock:
            if not self._prepared:
                await asyncio.to_thread(self._prepare)
                self._prepared = True
            if not path.is_dir():
                draft = self._folder / f"{uuid4()}{DRAFT}"
                await git(self._folder, *INIT, str(draft))
                draft.rename(path)
        return path

    async def remove(self, app_id: str) -> None:
        """Remove the app's repository; it need not exist."""
        path = self._folder / f"{app_id}.git"
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    @contextmanager
    def pushing(self, app_id: str) -> Iterator[None]:
        """Mark the app as being pushed while the block runs.

        Raises:
            PushInProgress: another push of the app is running.
        """
        if app_id in self._apps_pushing:
            raise PushInProgress
        self._apps_pushing.add(app_id)
        try:
            yield
        finally:
            self._apps_pushing.discard(app_id)

    def command(self, *arguments: str) -> list[str]:
        """Return a Git command that asks our hook before it accepts a push."""
        settings = {**SETTINGS, "core.hooksPath": str(self._hooks)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return ["git", *options, *arguments]

    def _prepare(self) -> None:
        """Remove a killed Git's leftovers; write the hook, which names the Python of this run."""
        for leftover in (*self._folder.glob(f"*{DRAFT}"), *self._folder.glob(QUARANTINES)):
            shutil.rmtree(leftover)
        self._hooks.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._hooks / "pre-receive"
        hook_command = [sys.executable, "-I", "-S", str(Path(hook.__file__))]
        file.write_text(f"#!/bin/sh\nexec {shlex.join(hook_command)}\n")
        file.chmod(0o700)


def git_environment(**variables: str) -> dict[str, str]:
    """Return an environment without the developer's own Git settings.

    Replacements are off, too: they could substitute a pushed object for a later commit.
    https://git-scm.com/docs/git-replace
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        **variables,
    }


def require_git() -> None:
    """Raise GitMissingError if Git is not installed; a later installation is noticed."""
    if shutil.which("git", path=git_environment()["PATH"]) is None:
        raise GitMissingError


async def git(repository: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Return the output of a Git command.

    Raises:
        GitFailed: the command failed.
    """
    lines: list[str] = []
    environment = git_environment(**(env or {}))
    if await processes.run(_command(arguments), repository, environment, lines.append):
        raise GitFailed("\n".join(lines))
    return "\n".join(lines)


async def entries(
    repository: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> AsyncGenerator[bytes, None]:
    """Yield the entries that a Git command prints with `-z`; it ends with the iteration.

    Raises:
        GitFailed: the command failed, after the entries that it printed until then.
    """
    process = await processes.spawn(_command(arguments), repository, git_environment(**(env or {})))
    output = cast(StreamReader, process.stdout)
    try:
        pending = b""
        while chunk := await output.read(CHUNK_BYTES):
            *complete, pending = (pending + chunk).split(b"\0")
            for entry in complete:
                yield entry
        await processes.leader_ends(process)
        if process.returncode:
            raise GitFailed(
                pending.decode(errors="replace").strip() or f"{arguments[0]} was killed"
            )
    finally:
        await finished(processes.end(process, 0))


def _command(arguments: Sequence[str]) -> list[str]:
    return ["git", "-c", "safe.directory=*", *arguments]
