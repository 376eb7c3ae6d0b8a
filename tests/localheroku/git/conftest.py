"""A developer's project with real Git, whose remote `heroku` is an app of the local Heroku."""

from __future__ import annotations

import asyncio
import os
import subprocess
from asyncio.subprocess import PIPE, STDOUT, Process
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

import pytest

from dynostack.local import git_config
from localheroku.core import certificate
from localheroku.core.state import Settings
from tests.localheroku.client import Api

TIMEOUT_SECONDS = 60


@dataclass
class Project:
    """A repository on a developer's machine, inside the local world."""

    folder: Path
    environment: dict[str, str]

    def write(self, **files: str) -> None:
        """Write files whose names have no dots, such as `Procfile`."""
        for name, text in files.items():
            (self.folder / name).write_text(text)

    async def commit(self, message: str = "Change", **files: str) -> str:
        """Commit these files and all others; return the commit's name."""
        self.write(**files)
        await self.git("add", "--all")
        await self.git("commit", "--allow-empty", "--message", message)
        return await self.git("rev-parse", "HEAD")

    async def git(self, *words: str, fails: bool = False) -> str:
        """Return the output of a Git command on both streams."""
        process = await self.start(*words)
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
        text = output.decode()
        assert bool(process.returncode) == fails, text
        return text.strip()

    async def push(self, *words: str, fails: bool = False) -> list[str]:
        """Return the lines that a push shows; those of the server without `remote: `."""
        output = await self.git("push", *words, fails=fails)
        return [line.removeprefix("remote: ").rstrip() for line in output.splitlines()]

    async def start(self, *words: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *("git", *words),
            cwd=self.folder,
            env=self.environment,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )

    async def kill(self, process: Process) -> None:
        """Kill the push, as if the developer's machine were turned off."""
        os.killpg(process.pid, SIGKILL)
        await process.wait()

    def give_key(self, key: str) -> None:
        self.environment["HEROKU_API_KEY"] = key


@pytest.fixture
def project(api: Api, settings: Settings, tmp_path: Path) -> Project:
    folder, home = tmp_path / "project", tmp_path / "home"
    for made in (folder, home):
        made.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Dev\n\temail = dev@acme.example\n[init]\n\tdefaultBranch = main\n"
        "[advice]\n\tdetachedHead = false\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HEROKU_API_KEY": api.key,
    }
    _configure(home, api.url, settings.data / certificate.FILE)
    environment["GIT_CONFIG_GLOBAL"] = str(home / "world")
    for words in (["init", "--quiet"], ["remote", "add", "heroku", f"{api.url}/shop.git"]):
        subprocess.run(["git", *words], cwd=folder, env=environment, check=True)
    return Project(folder, environment)


def _configure(home: Path, url: str, pem: Path) -> None:
    """Configure Git as `dynostack env` does for a user with this home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        patch.delenv("GIT_CONFIG_GLOBAL", raising=False)
        trusted = home / "trusted.pem"
        trusted.write_text(certificate.public(certificate.ensured(pem)))
        git_config.configure(home / "world", url, trusted)
