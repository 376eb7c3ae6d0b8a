"""The Pythons of this machine: finds the one that an app requests, or downloads it, with uv.

A build never gets the Python of the local Heroku's own virtual environment.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from localheroku.core import catalogue, programs, uv_program
from localheroku.dynos import processes
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from localheroku.dynos.process_registry import ProcessRegistry
    from localheroku.dynos.python_version import PythonRequest

RETRY_SECONDS = 600.0
"""How long a failed download is not tried again."""
FIND = ("python", "find", "--system", "--no-project", "--no-python-downloads")
# Commands such as python3.13 in these folders only work for the version that is switched on.
SHIMS = re.compile(r"/\.?(pyenv|asdf)/shims/?$")
DESCRIBE = """
import glob, os, platform, sysconfig
folders = [os.path.join(sysconfig.get_path("stdlib"), "ensurepip", "_bundled")]
folders.append(sysconfig.get_config_var("WHEEL_PKG_DIR") or folders[0])
wheels = [wheel for folder in folders for wheel in glob.glob(os.path.join(folder, "pip-*.whl"))]
print(platform.python_version())
print(wheels[-1] if wheels else "")
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine."""

    path: Path
    version: str
    """Such as 3.13.5."""
    bundled_pip: str
    """The wheel of pip that comes with it; empty if it has none."""

    @property
    def minor(self) -> str:
        """The version without its last part."""
        return _minor(self.version)

    def matches(self, version: str) -> bool:
        """Return whether this is the version, which can lack its last part."""
        return f"{self.version}.".startswith(f"{version}.")


class Interpreters:
    """Finds Pythons; remembers those that were found, and which downloads failed."""

    def __init__(self, registry: ProcessRegistry) -> None:
        self._registry = registry
        self._found: dict[tuple[str, str], Interpreter] = {}
        self._failures: dict[str, tuple[float, str]] = {}
        """When the download of a version failed, and why."""

    async def interpreter(
        self,
        request: PythonRequest,
        requires: SpecifierSet,
        on_line: Callable[[str], None],
        cache: str = "",
    ) -> Interpreter:
        """Return the requested Python; else the nearest that the dependencies accept, and say so.

        Args:
            request: the version that the app requests.
            requires: the versions that its dependencies accept.
            on_line: called with each line for the build's output.
            cache: builds with the same value share what was found.

        Raises:
            BuildFailed: this machine has no such Python, and none could be downloaded.
        """
        key = (request.version, cache)
        known = self._found.get(key)
        if known and known.path.exists():
            on_line(f"-----> Using Python {known.version} of this machine")
            return known
        self._found.pop(key, None)
        if not (interpreter := await self._find(request.version)):
            interpreter = await self._download(request.version, on_line)
        if interpreter:
            self._found[key] = interpreter
            on_line(f"-----> Using Python {interpreter.version} of this machine")
            return interpreter
        return await self._nearest(request, requires, on_line)

    async def _nearest(
        self, request: PythonRequest, requires: SpecifierSet, on_line: Callable[[str], None]
    ) -> Interpreter:
        why = self._failures.get(request.version, (0.0, "downloads are switched off"))[1]
        missing = (
            f"Python {request.version} is not on this machine and could not be downloaded ({why})"
        )
        advice = f"to get it, run: {uv_program.name()} python install {request.version}"
        for minor in _by_distance(request.version):
            found = await self._find(minor)
            if found and requires.contains(found.version, prereleases=True):
                on_line(f"-----> Using Python {found.version} of this machine")
                on_line(f" !     {missing}, so Python {found.version} takes its place; {advice}")
                return found
        accepted = f" that the app's dependencies accept ({requires})" if requires else ""
        raise BuildFailed(f"{missing}, and there is no other{accepted}; {advice}")

    async def _find(self, version: str) -> Interpreter | None:
        lines: list[str] = []
        env = uv_program.environment() | {"PATH": _search_path(version)}
        status = await self._run([*uv_program.command(), *FIND, version], env, lines.append)
        return await self._describe(Path(lines[-1])) if lines and not status else None

    async def _describe(self, path: Path) -> Interpreter | None:
        lines: list[str] = []
        env = {"PATH": os.defpath, "LANG": "C.UTF-8"}
        if await self._run([path, "-I", "-c", DESCRIBE], env, lines.append) or len(lines) < 2:
            return None
        return Interpreter(path, *lines[-2:])

    async def _download(self, version: str, on_line: Callable[[str], None]) -> Interpreter | None:
        failed_at, _ = self._failures.get(version, (-RETRY_SECONDS, ""))
        if not uv_program.may_download() or time.monotonic() - failed_at < RETRY_SECONDS:
            return None
        on_line(f"-----> Downloading Python {version}")
        lines: list[str] = []
        command = [*uv_program.command(), "python", "install", "--no-bin", version]
        if await self._run(command, uv_program.environment(), lines.append):
            self._failures[version] = (time.monotonic(), _cause(lines))
            return None
        self._failures.pop(version, None)
        return await self._find(version)

    async def _run(
        self, command: Sequence[str | Path], env: Mapping[str, str], on_line: Callable[[str], None]
    ) -> int:
        return await processes.run(command, Path("/"), env, on_line, self._registry)


def _search_path(version: str) -> str:
    """Return PATH without pyenv's and asdf's stand-ins, but with all of pyenv's versions.

    uv does not search the versions that pyenv has not made global.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    minor = re.escape(_minor(version))
    ours = [
        folder / "bin"
        for folder in sorted(pyenv.glob("*"), key=_patch, reverse=True)
        if re.match(rf"{minor}(\.|$)", folder.name)
    ]
    folders = programs.search_path(programs.SYSTEM_FOLDERS).split(os.pathsep)
    return os.pathsep.join([*map(str, ours), *(each for each in folders if not SHIMS.search(each))])


def _patch(folder: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", folder.name)))


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _by_distance(version: str) -> Iterator[str]:
    """Yield the minor versions that Heroku offers: this one, newer ones, then older ones."""
    wanted = _number(_minor(version))
    minors = sorted((str(row["name"]) for row in catalogue.rows("pythons")), key=_number)
    yield from (each for each in minors if _number(each) >= wanted)
    yield from (each for each in reversed(minors) if _number(each) < wanted)


def _number(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))


def _cause(lines: list[str]) -> str:
    """Return the last reason in uv's output, without its label."""
    reasons = [line.strip() for line in lines if line.strip()]
    return reasons[-1].removeprefix("cause: ").removeprefix("error: ") if reasons else "no reason"
