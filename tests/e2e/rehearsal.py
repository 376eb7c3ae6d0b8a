"""A copy of this project in its own local world, used as a developer would."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port
from tests.warm import python as warm_python

PROJECT = Path(__file__).parents[2]
PARTS = ("__main__.py", "config", "stacks", "examples", "tools", "pyproject.toml")
ANY_ENVIRONMENT = '''\
"""Any environment that dynostack takes."""

from dynostack.environment import Environment

__all__ = ["Environment"]
'''


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    exit_code: int
    output: str

    @property
    def planned(self) -> dict[str, int]:
        """The counts of a preview's summary, such as {"create": 1}; unchanged ones left out."""
        summary = re.compile(r"^\s+\S+ ?(\d+) to (create|update|delete|replace)", re.MULTILINE)
        counts = summary.findall(self.output)
        return {word: int(number) for number, word in counts}


class Rehearsal:
    """One project directory, its local Heroku and its `pulumi`."""

    def __init__(self, directory: Path, *, with_rules: bool = False, warm: bool = False) -> None:
        """Copy the project.

        Args:
            directory: the folder of the copy.
            with_rules: whether to keep the project's own rules; otherwise apps may have any name.
            warm: whether commands and plugins run in forks of a process that has imported them.
        """
        self.directory = directory
        self.python = str(warm_python()) if warm else sys.executable
        """The Python that runs the plugins."""
        program = str(PROJECT / ".venv/bin/dynostack")
        self.program = [self.python, program] if warm else [program]
        """The words that start `dynostack`."""
        self.transcript = ""
        self.programs: list[Path] = []
        """Folders that come first on the PATH of every command."""
        self._copy_project()
        if not with_rules:
            (directory / "config/__init__.py").write_text(ANY_ENVIRONMENT)
            (directory / "config/rules.py").unlink()
        self.world = LocalWorkspace.of(directory)
        self.server = ServerProcess(self.world)

    def _copy_project(self) -> None:
        self.directory.mkdir(parents=True)
        files = [*PARTS, *(file.name for file in PROJECT.glob("Pulumi*.yaml"))]
        for name in files:
            source = PROJECT / name
            if source.is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, self.directory / name, ignore=ignore)
            else:
                shutil.copy(source, self.directory / name)
        (self.directory / ".venv").symlink_to(PROJECT / ".venv")
        self.edit("pyproject.toml", "port = 5050", f"port = {free_port()}")

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.directory / file
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new))

    def dynostack(self, *arguments: str, **variables: str) -> Done:
        return self._run([*self.program, *arguments], variables)

    def pulumi(self, *arguments: str) -> Done:
        """Run plain `pulumi`, as it works after `eval "$(dynostack env)"`."""
        return self.inside("pulumi", *arguments, "--non-interactive", "--color", "never")

    def inside(self, *command: str) -> Done:
        """Run a command with what `dynostack env` exports."""
        self.world.create()
        variables = self.world.variables()
        first, *rest = variables["PATH"].split(os.pathsep)
        variables["PATH"] = os.pathsep.join([first, *map(str, self.programs), *rest])
        return self._run(list(command), variables)

    def outside(self, command: str, **variables: str) -> Done:
        """Run a command in a shell outside the local world."""
        return self._run(["sh", "-c", command], variables)

    def _run(self, command: list[str], variables: dict[str, str]) -> Done:
        done = subprocess.run(
            command,
            cwd=self.directory,
            env={**os.environ, **self._path(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.transcript += done.stdout
        return Done(done.returncode, done.stdout)

    def _path(self) -> dict[str, str]:
        folders = map(str, self.programs)
        return {"PATH": os.pathsep.join([*folders, os.environ["PATH"]])} if self.programs else {}

    def page(self, app: str, path: str = "/") -> tuple[int, str]:
        """Return the output of `curl -H 'Host: <app>.localhost' http://127.0.0.1:<port>/`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.world.heroku.port, timeout=60)
        connection.request("GET", path, headers={"Host": f"{app}.localhost"})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def heroku(self, path: str) -> Any:
        return self.server.get(path)

    def calls(self) -> list[dict[str, Any]]:
        """Return every request that the local Heroku has logged."""
        log = self.world.heroku_data / "requests.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()]

    def command_lines(self) -> list[str]:
        """Return the command lines of the local Heroku and its processes, but not of databases."""
        server, lines = self.server.process(), []
        assert server
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                lines.append(" ".join(process.cmdline()))
        return lines

    def state_file(self, stack: str) -> Path:
        return self.world.state / ".pulumi/stacks/shop" / f"{stack}.json"

    def end(self) -> None:
        self.server.leave()
