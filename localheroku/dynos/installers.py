"""Installs an app's packages with its package manager, as Heroku's Python buildpack does.

https://github.com/heroku/heroku-buildpack-python (lib/pip.sh, lib/uv.sh, lib/poetry.sh and
lib/pipenv.sh, v351)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.core import package_index, uv_program
from localheroku.dynos import (
    package_manager,
    pip_index,
    processes,
    pypi_mirror,
    requirements_file,
)
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from localheroku.dynos.interpreters import Interpreter
    from localheroku.dynos.package_manager import PackageManager
    from localheroku.dynos.process_registry import ProcessRegistry
    from localheroku.dynos.tools import Tools

SETUPTOOLS = "setuptools==70.3.0"
WITH_SETUPTOOLS = ("3.10", "3.11", "3.12")
"""The Pythons for which the buildpack installs setuptools beside pip."""
EXTRA_INDEX = "PIP_EXTRA_INDEX_URL"
"""The only config var that the buildpack gives to pip and Pipenv."""


@dataclass(frozen=True)
class PackageInstallation:
    """Fills one new environment with the packages of an app."""

    path: Path
    """The folder of the environment."""
    app: Path
    manager: PackageManager
    interpreter: Interpreter
    config_vars: Mapping[str, str]
    tools: Tools
    registry: ProcessRegistry
    on_line: Callable[[str], None]

    async def run(self) -> None:
        """Create the environment and install the packages.

        Raises:
            BuildFailed: something cannot be installed.
        """
        venv = ("venv", "--quiet", "--no-project")
        if await self._uv(*venv, "--python", self.interpreter.path, self.path):
            raise BuildFailed("uv could not create an environment for the app's packages")
        install = {
            package_manager.PIP: self._with_pip,
            package_manager.UV: self._with_uv,
            package_manager.POETRY: self._with_poetry,
            package_manager.PIPENV: self._with_pipenv,
        }[self.manager]
        if await install():
            raise BuildFailed(
                f"Unable to install dependencies using {self.manager.name}: see the end of its "
                "output"
            )

    async def _with_pip(self) -> int:
        index = await pip_index.environment(self.registry, self.config_vars.get(EXTRA_INDEX, ""))
        await self._install_pip(index or uv_program.environment())
        files = requirements_file.with_included(self.app / self.manager.file)
        is_pinned = requirements_file.is_pinned(files)
        if index and is_pinned and not await self._with_uv_as_pip(files, index):
            return 0
        self._announce(self.manager.command)
        pip = (self.path / "bin" / "python", "-m", "pip", *package_index.OPTIONS)
        options = ("--exists-action=w", "--progress-bar=off", f"--src={self.path / 'src'}")
        env = package_index.environment() | self._extra_index()
        return await self._run([*pip, "install", *options, "-r", self.manager.file], env)

    async def _with_uv_as_pip(self, files: Sequence[Path], index: Mapping[str, str]) -> int:
        """Install exact versions with uv, which is faster; return 0 unless pip has to try.

        Its output is dropped if it fails: pip's says what is wrong as on Heroku.
        """
        options = ["--require-hashes"] if requirements_file.has_hashes(files) else []
        output: list[str] = []
        command = [*uv_program.command(), *pip_index.COMMAND, *options, f"--python={self.path}"]
        status = await self._run([*command, "-r", self.manager.file], index, output.append)
        if not status:
            self._announce(f"{uv_program.NAME} {self.manager.command}")
            for line in output:
                self._indented(line)
        return status

    async def _install_pip(self, index: Mapping[str, str]) -> None:
        """Install the buildpack's pip; offline, the one that comes with the Python."""
        packages = [f"pip=={self.manager.version}"]
        if self.interpreter.minor in WITH_SETUPTOOLS:
            packages.append(SETUPTOOLS)
        self.on_line(f"-----> Installing {' and '.join(packages).replace('==', ' ')}")
        install = [*uv_program.command(), *pip_index.COMMAND, "--quiet", f"--python={self.path}"]
        output: list[str] = []
        if not await self._run([*install, *packages], index, output.append):
            return
        bundled = self.interpreter.bundled_pip
        offline = [*install, "--offline", "--no-index", bundled]
        if not bundled or await self._run(offline, uv_program.environment(own_index=False)):
            for line in output:
                self._indented(line)
            raise BuildFailed("Unable to install pip: see the lines above")
        self.on_line(" !     The package index cannot be reached: using the pip of this Python")

    async def _with_uv(self) -> int:
        program = Path(uv_program.command()[0])
        self._link(program)
        self._announce(self.manager.command)
        python = self.path / "bin" / "python"
        arguments = self.manager.command.split()[1:]
        return await self._uv(*arguments, "--python", python, env=self._variables())

    async def _with_poetry(self) -> int:
        program = await self.tools.program(self.manager, self.interpreter, self.on_line)
        self._link(program)
        self._announce(self.manager.command)
        options = ("--no-ansi", "--no-interaction")
        mirror = await self._mirror(pypi_mirror.POETRY_VARIABLE)
        env = package_index.environment() | self._variables() | mirror
        return await self._run([program, *self.manager.command.split()[1:], *options], env)

    async def _with_pipenv(self) -> int:
        program = await self.tools.program(self.manager, self.interpreter, self.on_line)
        self._link(program)
        self._announce(self.manager.command)
        mirror = await self._mirror(pypi_mirror.PIPENV_VARIABLE)
        env = package_index.environment() | self._variables() | self._extra_index() | mirror
        env |= {"PIPENV_NOSPIN": "1", "PIP_SRC": str(self.path / "src"), "NO_COLOR": "1"}
        env["PATH"] = f"{self.path / 'bin'}:{env['PATH']}"
        return await self._run([program, *self.manager.command.split()[1:]], env)

    def _link(self, program: Path) -> None:
        """Make the program known to hooks, and to dynos that have it on PATH."""
        link = self.path / self.manager.tool_folder / program.name
        link.parent.mkdir(parents=True)
        link.symlink_to(program)

    def _variables(self) -> dict[str, str]:
        return package_manager.build_variables(self.manager, self.path)

    async def _mirror(self, variable: str) -> dict[str, str]:
        return pypi_mirror.variables(variable, await pip_index.environment(self.registry) or {})

    def _extra_index(self) -> dict[str, str]:
        url = self.config_vars.get(EXTRA_INDEX)
        return {EXTRA_INDEX: url} if url else {}

    def _announce(self, command: str) -> None:
        self.on_line(f"-----> Installing dependencies using '{command}'")

    async def _uv(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> int:
        environment = uv_program.environment() | {"UV_PYTHON_DOWNLOADS": "never", **(env or {})}
        return await self._run([*uv_program.command(), *arguments], environment)

    async def _run(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
    ) -> int:
        return await processes.run(command, self.app, env, on_line or self._indented, self.registry)

    def _indented(self, line: str) -> None:
        self.on_line(f"       {line}")
