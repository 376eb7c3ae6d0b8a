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
    # Nothing that Git starts goes on after the push.
    "gc.autoDetach": "false",
    # The folder can be a container's volume, where owners are other than they seem.
    "safe.directory": "*",
}


class GitFailed(Exception):
    """Git could not do what it should; the text is what it said."""


def lacks_room(error: Exception, folder: Path) -> bool:
    """Whether a full disk is why something below the folder failed, Git or we ourselves."""
    told = isinstance(error, GitFailed) and disk_full.WORDS in str(error)
    return told or disk_full.tells_of(error, folder)


class PushGoesOn(Exception):
    """Another push of the app has not ended yet."""


class Repositories:
    """Each is named by its app's id, so that it stays when the app gets another name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hooks = folder / "hooks"
        self._making = asyncio.Lock()
        self._prepared = False
        self._pushed: set[str] = set()

    @property
    def folder(self) -> Path:
        return self._folder

    async def of(self, app_id: str) -> Path:
        """The app's repository, made when there is none."""
        path = self._folder / f"{app_id}.git"
        async with self._making:
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
        """One push of an app at a time.  Raises PushGoesOn."""
        if app_id in self._pushed:
            raise PushGoesOn
        self._pushed.add(app_id)
        try:
            yield
        finally:
            self._pushed.discard(app_id)

    def command(self, *words: str) -> list[str]:
        """A Git command that asks our hook before it takes a push."""
        settings = {**SETTINGS, "core.hooksPath": str(self._hooks)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return ["git", *options, *words]

    def _prepare(self) -> None:
        """Remove what a killed Git left; write the hook, which names the Python of this run."""
        for left in (*self._folder.glob(f"*{DRAFT}"), *self._folder.glob(QUARANTINES)):
            shutil.rmtree(left)
        self._hooks.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._hooks / "pre-receive"
        words = [sys.executable, "-I", "-S", str(Path(hook.__file__))]
        file.write_text(f"#!/bin/sh\nexec {shlex.join(words)}\n")
        file.chmod(0o700)


def surroundings(**more: str) -> dict[str, str]:
    """An environment in which the developer's own settings of Git do not count.

    Nor do replacements, which would put what somebody pushed in the place of a later commit.
    https://git-scm.com/docs/git-replace
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        **more,
    }


def require_git() -> None:
    """Raise GitMissingError where there is none; one that is installed later is found."""
    if shutil.which("git", path=surroundings()["PATH"]) is None:
        raise GitMissingError


async def git(repository: Path, *words: str, env: Mapping[str, str] | None = None) -> str:
    """What a Git command says.  Raises GitFailed."""
    said: list[str] = []
    environment = surroundings(**(env or {}))
    if await processes.run(_command(words), repository, environment, said.append):
        raise GitFailed("\n".join(said))
    return "\n".join(said)


async def entries(
    repository: Path, *words: str, env: Mapping[str, str] | None = None
) -> AsyncGenerator[bytes, None]:
    """Yield what a Git command prints with `-z`, while it prints; it ends with the iteration.

    Raises:
        GitFailed: the command failed; what came before is what it printed until then.
    """
    process = await processes.spawn(_command(words), repository, surroundings(**(env or {})))
    output = cast(StreamReader, process.stdout)
    try:
        pending = b""
        while chunk := await output.read(CHUNK_BYTES):
            *complete, pending = (pending + chunk).split(b"\0")
            for entry in complete:
                yield entry
        await processes.leader_ends(process)
        if process.returncode:
            raise GitFailed(pending.decode(errors="replace").strip() or f"{words[0]} was killed")
    finally:
        await finished(processes.end(process, 0))


def _command(words: Sequence[str]) -> list[str]:
    return ["git", "-c", "safe.directory=*", *words]
