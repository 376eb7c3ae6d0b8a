"""Heroku's apt buildpack: unpacks the packages that an Aptfile names into the app.

https://github.com/heroku/heroku-buildpack-apt (bin/compile)
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from localheroku.core import programs
from localheroku.core.cancellation import finished
from localheroku.dynos.buildpacks.buildpack import Buildpack, Compilation
from localheroku.dynos.environment import joined
from localheroku.dynos.slug_layout import APP
from localheroku.dynos.source import BuildFailed, misplaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from localheroku.dynos.environment import DynoContext

FILE = "Aptfile"
FOLDER = ".apt"
REPOSITORY = ":repo:"
SYSTEM = Path("/etc/apt")
"""Where this machine's lists of repositories are."""
PROGRAMS = ("apt-get", "dpkg")
PROXY = re.compile(r"(https?|ftp|no|all)_proxy$", re.IGNORECASE)
OS_RELEASE = Path("/etc/os-release")
INSTALL = (
    "--yes",
    "--allow-downgrades",
    "--allow-remove-essential",
    "--allow-change-held-packages",
    "--download-only",
    "--reinstall",
)
HELPER = Path("/usr/lib/apt/apt-helper")
"""A part of apt that downloads single files."""
PREFIX = re.compile(r"^prefix=(.*)$", re.MULTILINE)


class AptBuildpack(Buildpack):
    """Downloads packages as an ordinary user, without installing them on this machine."""

    name = "heroku-community/apt"
    title = "Apt"
    repositories = ("heroku/heroku-buildpack-apt",)

    def detects(self, app: Path) -> bool:
        return (app / FILE).is_file()

    def check(self, app: Path) -> None:
        if not self.detects(app):
            where = misplaced(app, [FILE])
            raise BuildFailed(
                where or f"the source has no {FILE} in its top folder, which {self.name} needs"
            )

    async def compile(self, build: Compilation) -> None:
        text = (build.app / FILE).read_text(errors="replace")
        lines = [line.strip() for line in text.splitlines()]
        packages = [line for line in lines if line and not line.startswith(("#", REPOSITORY))]
        if not packages:
            build.warn(f"{FILE} names no packages: delete it, and remove the buildpack {self.name}")
            return
        if missing := [name for name in PROGRAMS if not programs.find(name, ())]:
            build.warn(
                f"the buildpack {self.name} is not run here, as this machine has no {missing[0]}: "
                f"install what the app needs of {', '.join(packages)} yourself"
            )
            return
        apt = _Apt(build, text, [line for line in lines if line.startswith(REPOSITORY)])
        await apt.update()
        for line in packages:
            await apt.fetch(line)
        await apt.unpack()
        build.exported |= _variables(build.app, build.exported)

    @staticmethod
    def dyno_variables(dyno: DynoContext, before: Mapping[str, str]) -> dict[str, str]:
        return _variables(dyno.home, before) if (dyno.slug / APP / FOLDER).is_dir() else {}


class _Apt:
    """apt-get with folders of its own in the build's cache."""

    def __init__(self, build: Compilation, aptfile: str, repositories: Sequence[str]) -> None:
        self._build = build
        self._aptfile = aptfile
        self._repositories = [line.removeprefix(REPOSITORY).strip() for line in repositories]
        self._folder = build.folders.cache / "apt"
        self._archives = self._folder / "cache/archives"
        self._complete = self._folder / "complete"
        """The Aptfile whose packages have all been downloaded."""
        sources = self._folder / "sources"
        options = {
            "apt::sandbox::user": "root",  # another user cannot write into these folders
            "debug::nolocking": "true",
            "dir::cache": self._folder / "cache",
            "dir::state": self._folder / "state",
            "dir::etc::sourcelist": sources / "sources.list",
            "dir::etc::sourceparts": sources / "sources.list.d",
        }
        self._options = [f"-o{name}={value}" for name, value in options.items()]
        self._failed: list[str] = []

    async def update(self) -> None:
        """Update the list of packages, unless all that are needed are in the cache."""
        if self._is_complete():
            self._build.step("Reusing cache")
            return
        await finished(asyncio.to_thread(self._create))
        self._build.step("Updating APT package index")
        self._build.info(f"The packages are those of this machine's {_system()}")
        await self._get("update")  # what fails because of an incomplete list is reported

    async def fetch(self, line: str) -> None:
        """Download what a line of the Aptfile names: a package or several, or a URL."""
        if self._is_complete():
            return
        self._build.step(f"Fetching .debs for {line}")
        if line.endswith("deb") and urlsplit(line).scheme:
            file = self._archives / Path(urlsplit(line).path).name
            failed = await self._run(HELPER, *self._options, "download-file", line, file)
        else:
            failed = await self._get("install", *INSTALL, *line.split())
        if failed:
            self._failed.append(line)
            self._build.warn(
                f"{line} of {FILE} is missing here: apt-get cannot get it for this machine's "
                f"{_system()}, see the output of the build"
            )

    async def unpack(self) -> None:
        """Unpack all that was downloaded into the app."""
        target = self._build.app / FOLDER
        target.mkdir(exist_ok=True)
        for archive in sorted(self._archives.glob("*.deb")):
            self._build.step(f"Installing {archive.name}")
            env = self._build.environment()
            if await self._build.run(["dpkg", "-x", archive, target], env):
                raise BuildFailed(f"dpkg cannot unpack {archive.name}: see the lines above")
        await finished(asyncio.to_thread(_move_prefixes, target))
        if not self._failed:
            self._complete.write_text(self._aptfile)

    def _is_complete(self) -> bool:
        return self._complete.is_file() and self._complete.read_text() == self._aptfile

    def _create(self) -> None:
        """Start with empty folders, and with this machine's repositories and those of the app."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder in ("cache/archives/partial", "state/lists/partial", "sources/sources.list.d"):
            (self._folder / folder).mkdir(parents=True)
        system = SYSTEM / "sources.list"
        own = system.read_text(errors="replace").splitlines() if system.is_file() else []
        lists = self._folder / "sources"
        lines = "".join(f"{line}\n" for line in (*own, *self._repositories))
        (lists / system.name).write_text(lines)
        parts = SYSTEM / "sources.list.d"
        if parts.is_dir():
            shutil.copytree(parts, lists / parts.name, dirs_exist_ok=True)

    async def _get(self, *arguments: str) -> int:
        return await self._run("apt-get", *self._options, *arguments)

    async def _run(self, *command: str | Path) -> int:
        env = self._build.environment() | _proxies() | {"DEBIAN_FRONTEND": "noninteractive"}
        return await self._build.run(command, env)


def _proxies() -> dict[str, str]:
    """Return the developer's variables with the way to other hosts."""
    return {name: value for name, value in os.environ.items() if PROXY.match(name)}


def _variables(home: Path, before: Mapping[str, str]) -> dict[str, str]:
    """Return what the profile script of the buildpack sets for an app in a folder."""
    root = home / FOLDER / "usr"
    machine = f"{platform.machine()}-linux-gnu"
    libraries = [root / "lib" / machine, root / "lib/i386-linux-gnu", root / "lib"]
    headers = joined([root / "include", root / "include" / machine], before.get("INCLUDE_PATH", ""))
    configs = [folder / "pkgconfig" for folder in libraries]
    variables = {
        "PATH": joined([root / "bin"], before["PATH"]),
        "LD_LIBRARY_PATH": joined(libraries, before.get("LD_LIBRARY_PATH", "")),
        "LIBRARY_PATH": joined(libraries, before.get("LIBRARY_PATH", "")),
        "INCLUDE_PATH": headers,
        "CPATH": headers,
        "CPPPATH": headers,
        "PKG_CONFIG_PATH": joined(configs, before.get("PKG_CONFIG_PATH", "")),
    }
    git = root / "lib/git-core"
    return variables | ({"GIT_EXEC_PATH": str(git)} if git.is_dir() else {})


def _move_prefixes(folder: Path) -> None:
    """Correct the paths in the files of pkg-config, which name the root of the system."""
    for file in folder.rglob("pkgconfig/*.pc"):
        if file.is_file() and not file.is_symlink():
            text = file.read_text(errors="replace")
            file.write_text(PREFIX.sub(lambda found: f"prefix={folder}{found[1]}", text))


def _system() -> str:
    """Return the name of this machine's distribution, such as Debian GNU/Linux 12 (bookworm)."""
    lines = OS_RELEASE.read_text().splitlines() if OS_RELEASE.is_file() else []
    names = [line.partition("=")[2].strip('"') for line in lines if line.startswith("PRETTY_NAME=")]
    return names[0] if names else "system"
