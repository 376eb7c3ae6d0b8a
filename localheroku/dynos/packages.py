"""Python environments for apps: one for each set of packages, shared by all its builds."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from typing import TYPE_CHECKING

from localheroku.core import disk_full
from localheroku.core.cancellation import finished
from localheroku.dynos import lock_files
from localheroku.dynos.installers import EXTRA_INDEX, PackageInstallation
from localheroku.dynos.source import DISK_FULL, BuildFailed
from localheroku.dynos.tools import Tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from localheroku.dynos.interpreters import Interpreter
    from localheroku.dynos.package_manager import PackageManager
    from localheroku.dynos.process_registry import ProcessRegistry

COMPLETE = ".complete"
MAX_UNUSED = 3


class PackageEnvironments:
    """The environments below one folder."""

    def __init__(self, folder: Path, tools: Path, registry: ProcessRegistry) -> None:
        self._folder = folder
        self._registry = registry
        self._tools = Tools(tools, registry)
        self._locks: dict[str, asyncio.Lock] = {}

    async def environment(
        self,
        app: Path,
        manager: PackageManager,
        interpreter: Interpreter,
        config_vars: Mapping[str, str],
        on_line: Callable[[str], None],
        cache: str = "",
    ) -> Path:
        """Return the environment with the packages of the app at `app`, cached if possible.

        An environment with another `cache` value is not reused.

        Raises:
            BuildFailed: the package manager could not install them.
        """
        index = config_vars.get(EXTRA_INDEX, "")
        key = _key(app, manager, (interpreter.version, str(interpreter.path), index)) + cache
        path = self._folder / key
        async with self._locks.setdefault(key, asyncio.Lock()):
            if (path / COMPLETE).exists():
                on_line(f"-----> Using cached install of the same {manager.file}")
            else:
                await self._make_or_remove(
                    PackageInstallation(
                        path,
                        app,
                        manager,
                        interpreter,
                        config_vars,
                        self._tools,
                        self._registry,
                        on_line,
                    )
                )
            (path / COMPLETE).touch()
        return path

    def prune(self, used: AbstractSet[Path]) -> None:
        """Remove environments that no slug uses, except the latest few."""
        unused = [path for path in self._folder.glob("*") if path not in used]
        unused.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in unused[MAX_UNUSED:]:
            shutil.rmtree(path, ignore_errors=True)

    async def _make_or_remove(self, installation: PackageInstallation) -> None:
        """Create an environment; remove an incomplete one, which may be what fills the disk."""
        path = installation.path
        # Created in its final place, which its scripts contain; complete only when marked so.
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            await installation.run()
        except BaseException as error:
            no_room = isinstance(error, BuildFailed) and disk_full.holds(self._folder)
            await finished(asyncio.to_thread(shutil.rmtree, path, ignore_errors=True))
            if no_room:
                raise BuildFailed(DISK_FULL) from None
            raise


def _key(app: Path, manager: PackageManager, more: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join((manager.name, manager.version, *more)).encode())
    for file in lock_files.inputs(app, manager):
        digest.update(file.read_bytes())
    if lock_files.installs_source(app, manager):
        digest.update(str(app).encode())
    return digest.hexdigest()[:24]
