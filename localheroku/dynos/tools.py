"""Poetry and Pipenv: each version is installed once, in an environment of its own."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from localheroku.core import uv_program
from localheroku.core.cancellation import finished
from localheroku.dynos import pip_index, processes
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from localheroku.dynos.interpreters import Interpreter
    from localheroku.dynos.package_manager import PackageManager
    from localheroku.dynos.process_registry import ProcessRegistry

COMPLETE = ".complete"


class Tools:
    """The installed package managers, below one folder."""

    def __init__(self, folder: Path, registry: ProcessRegistry) -> None:
        self._folder = folder
        self._registry = registry
        self._lock = asyncio.Lock()

    async def program(
        self, manager: PackageManager, interpreter: Interpreter, on_line: Callable[[str], None]
    ) -> Path:
        """Return the manager's program, which it installs first if needed.

        Raises:
            BuildFailed: it cannot be installed.
        """
        name = manager.name.lower()
        packages = (f"{name}=={manager.version}", *manager.plugins)
        versions = "-".join(packages).replace("==", "-")
        path = self._folder / f"{versions}-python-{interpreter.version}"
        async with self._lock:
            if (path / COMPLETE).exists():
                on_line(f"-----> Using cached {manager.name} {manager.version}")
            else:
                on_line(f"-----> Installing {manager.name} {manager.version}")
                try:
                    await self._install(path, packages, interpreter, on_line)
                except BaseException:
                    await finished(asyncio.to_thread(shutil.rmtree, path, ignore_errors=True))
                    raise
                (path / COMPLETE).touch()
        return path / "bin" / name

    async def _install(
        self,
        path: Path,
        packages: Sequence[str],
        interpreter: Interpreter,
        on_line: Callable[[str], None],
    ) -> None:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        uv = uv_program.command()
        env = await pip_index.environment(self._registry) or uv_program.environment()
        commands: tuple[list[str | Path], ...] = (
            [*uv, "venv", "--quiet", "--no-project", "--python", interpreter.path, path],
            [*uv, *pip_index.COMMAND, "--quiet", "--python", path, *packages],
        )
        for command in commands:
            if await processes.run(
                command, path.parent, env, lambda line: on_line(f"       {line}"), self._registry
            ):
                raise BuildFailed(f"cannot install {packages[0]}: see the lines above")
