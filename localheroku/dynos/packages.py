"""Python environments for apps: one for each set of requirements, shared by all its builds."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import re
import shutil
import sys
from typing import TYPE_CHECKING

from localheroku.core import disk_full, package_index
from localheroku.core.cancellation import finished
from localheroku.dynos import processes
from localheroku.dynos.source import DISK_FULL, REQUIREMENTS, BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from localheroku.dynos.process_registry import ProcessRegistry

COMPLETE = ".complete"
INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)", re.MULTILINE)
IN_SOURCE = re.compile(r"^\s*(?:-e\b|--editable\b|\.{1,2}(?:/|\s|$)|file:)", re.MULTILINE)
MAX_UNUSED = 3
PIP = ("-m", "pip", *package_index.OPTIONS)


class PackageEnvironments:
    """The environments below one folder."""

    def __init__(self, folder: Path, registry: ProcessRegistry) -> None:
        self._folder = folder
        self._registry = registry
        self._locks: dict[str, asyncio.Lock] = {}

    async def environment(self, app: Path, on_line: Callable[[str], None], cache: str = "") -> Path:
        """Return the environment with the requirements of the app at `app`, cached if possible.

        An environment with another `cache` value is not reused.

        Raises:
            BuildFailed: pip could not install the requirements.
        """
        key = _key(app) + cache
        path = self._folder / key
        async with self._locks.setdefault(key, asyncio.Lock()):
            if (path / COMPLETE).exists():
                on_line("-----> Using cached install of the same requirements")
            else:
                await self._make_or_remove(path, app, on_line)
            (path / COMPLETE).touch()
        return path

    def prune(self, used: AbstractSet[Path]) -> None:
        """Remove environments that no slug uses, except the latest few."""
        unused = [path for path in self._folder.glob("*") if path not in used]
        unused.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in unused[MAX_UNUSED:]:
            shutil.rmtree(path, ignore_errors=True)

    async def _make_or_remove(self, path: Path, app: Path, on_line: Callable[[str], None]) -> None:
        """Create an environment; remove an incomplete one, which may be what fills the disk."""
        try:
            await self._make(path, app, on_line)
        except BaseException as error:
            no_room = isinstance(error, BuildFailed) and disk_full.holds(self._folder)
            await finished(asyncio.to_thread(shutil.rmtree, path, ignore_errors=True))
            if no_room:
                raise BuildFailed(DISK_FULL) from None
            raise

    async def _make(self, path: Path, app: Path, on_line: Callable[[str], None]) -> None:
        # Created in its final place, which its scripts contain; complete only when marked so.
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        env = package_index.environment()

        def indented(line: str) -> None:
            on_line(f"       {line}")

        on_line("-----> Creating a Python environment")
        status = await processes.run(
            [sys.executable, "-m", "venv", path], app, env, indented, self._registry
        )
        if status:
            raise BuildFailed(
                "Python could not create an environment for the app's packages: see its output"
            )
        on_line("-----> Installing requirements with pip")
        status = await processes.run(
            [path / "bin" / "python", *PIP, "install", "--progress-bar=off", "-r", REQUIREMENTS],
            app,
            env,
            indented,
            self._registry,
        )
        if status:
            raise BuildFailed("pip could not install requirements.txt: see the end of its output")


def _key(app: Path) -> str:
    digest = hashlib.sha256(f"{platform.python_version()} {sys.base_prefix}".encode())
    for file in _requirements_of(app / REQUIREMENTS, set()):
        digest.update(file.read_bytes())
        if IN_SOURCE.search(file.read_text(errors="replace")):
            digest.update(str(app).encode())  # the source itself is a package: not shareable
    return digest.hexdigest()[:24]


def _requirements_of(file: Path, seen: set[Path]) -> Iterator[Path]:
    if file in seen or not file.is_file():
        return
    seen.add(file)
    yield file
    for name in INCLUDED.findall(file.read_text(errors="replace")):
        yield from _requirements_of(file.parent / name, seen)
