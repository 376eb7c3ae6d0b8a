"""One build of an app with Node.js: its environment, and how it runs programs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from localheroku.dynos.node.package_json import FILE, FOLDER
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.dynos.buildpacks.buildpack import Compilation
    from localheroku.dynos.node.package_json import PackageJson

OF_NPM = re.compile(r"npm_config_|yarn_|NODE_EXTRA_CA_CERTS$", re.IGNORECASE)
"""Matches the settings of the developer that only Node.js reads."""
HEAP = "--max_old_space_size=2560"
"""Megabytes of memory that a Node gets in a build, unless the app sets NODE_OPTIONS."""


@dataclass(frozen=True)
class NodeBuild:
    """A build and the package.json of its source."""

    build: Compilation
    manifest: PackageJson
    version: str
    """The version of its Node."""
    settings: dict[str, str]
    """The developer's way to the npm registry."""
    prebuilt: bool
    """Whether the source itself contains node_modules."""

    @property
    def app(self) -> Path:
        return self.build.app

    @property
    def prefix(self) -> Path:
        """Where Node and its global packages are, below the app's folder."""
        return self.app / FOLDER / "node"

    @property
    def cache(self) -> Path:
        """Where package managers keep downloads between the builds of an app."""
        return self.build.folders.cache / "node"

    @cached_property
    def exported(self) -> dict[str, str]:
        """What the buildpacks after this one get, too (lib/environment.sh, write_export)."""
        path = f"{self.prefix}/bin:{self.prefix.parent}/yarn/bin:{self.build.exported['PATH']}"
        registry = {name: self.settings[name] for name in self.settings if OF_NPM.match(name)}
        return {
            **registry,
            "NODE_HOME": str(self.prefix),
            "NODE_OPTIONS": HEAP,
            "NPM_CONFIG_CACHE": str(self.cache / "npm"),
            "NPM_CONFIG_PREFIX": str(self.prefix),  # this machine's own is not the app's
            "PATH": f"{path}:{self.app}/node_modules/.bin",
        }

    @cached_property
    def env(self) -> dict[str, str]:
        """The environment of everything that this buildpack runs."""
        return self.build.environment(
            {
                **self.settings,
                **self.exported,
                "NODE_ENV": "production",
                "NODE_MODULES_CACHE": "true",
                "NODE_VERBOSE": "false",
                "NPM_CONFIG_AUDIT": "false",
                "NPM_CONFIG_FUND": "false",
                "NPM_CONFIG_LOGLEVEL": "error",
                "NPM_CONFIG_UPDATE_NOTIFIER": "false",
            }
        )

    def setting(self, name: str) -> str:
        """Return the value of a variable of the environment, or an empty text."""
        return self.env.get(name, "")

    async def run(self, *command: str, more: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a program and show its output; return its exit status and its output."""
        lines: list[str] = []

        def on_line(line: str) -> None:
            lines.append(line)
            self.build.info(line)

        status = await self.build.run(command, self.env | (more or {}), on_line)
        return status, "\n".join(lines)

    def version_of(self, program: str) -> str:
        """Return the version of a package manager that is installed beside Node."""
        script = (self.prefix / "bin" / program).resolve()
        file = next(folder / FILE for folder in script.parents if (folder / FILE).is_file())
        return str(json.loads(file.read_bytes())["version"])

    def major(self, program: str) -> int:
        """Return the major version of a package manager that is installed beside Node."""
        return int(self.version_of(program).partition(".")[0])

    async def install_globally(self, package: str, version: str) -> None:
        """Install a program that is an npm package, beside Node.

        Raises:
            BuildFailed: npm cannot install it.
        """
        lines: list[str] = []
        command = ("npm", "install", "--quiet", "--no-progress", "--prefer-offline", "--global")
        if await self.build.run([*command, f"{package}@{version}"], self.env, lines.append):
            for line in lines:
                self.build.info(line)
            raise BuildFailed(
                f"Unable to install {package} {version}: see the lines above; check its version in "
                "package.json"
            )
