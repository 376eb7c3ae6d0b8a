"""npm, Yarn and pnpm, used as Heroku's Node.js buildpack uses them.

https://github.com/heroku/heroku-buildpack-nodejs (lib/package_managers/, v363)
"""

from __future__ import annotations

import asyncio
import re
import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from localheroku.core.cancellation import finished
from localheroku.dynos.node.package_json import SHRINKWRAP
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.dynos.node.node_build import NodeBuild

WITHOUT_UNSAFE_PERM = 12
"""The first major version of npm that rejects --unsafe-perm."""
YARN_1 = re.compile(r"\D*1(\D|$)")
"""Matches a version or range from Yarn 1 on, which is another package than its successors."""
CLASSIC = ("--frozen-lockfile", "--ignore-engines", "--prefer-offline")
LIFECYCLE = ("preinstall", "install", "postinstall", "prepare", "pnpm:devPreinstall")


@dataclass(frozen=True)
class NodePackageManager(ABC):
    """A package manager at work in one build."""

    name: ClassVar[str]
    lock: ClassVar[str]
    outdated: ClassVar[str]
    """What it prints if the lock file does not fit package.json."""

    node: NodeBuild

    async def prepare(self) -> None:  # noqa: B027 - npm comes with Node
        """Install the package manager itself, in the version that the app requests.

        Raises:
            BuildFailed: npm cannot install it.
        """

    @property
    def variables(self) -> dict[str, str]:
        """What it needs in the environment, also of scripts."""
        return {}

    async def install(self) -> None:
        """Install the app's packages, with devDependencies.

        Raises:
            BuildFailed: it cannot.
        """
        await self._run(*await self.install_command())

    @abstractmethod
    async def install_command(self) -> tuple[str, ...]: ...

    @abstractmethod
    def script_command(self, script: str, flags: str) -> tuple[str, ...]:
        """Return what runs a script of package.json, with flags for it if there are any."""

    @abstractmethod
    async def prune(self) -> None:
        """Remove devDependencies.

        Raises:
            BuildFailed: it cannot.
        """

    def reason_to_keep(self) -> str:
        """Return why devDependencies are not removed; empty if they are."""
        return ""

    @property
    def cached_folders(self) -> tuple[str, ...]:
        """The folders of the app that are kept for its next build, besides downloads."""
        return ()

    async def _run(self, *command: str) -> None:
        status, output = await self.node.run(*command, more=self.variables)
        if not status:
            return
        if self.outdated in output:
            raise BuildFailed(
                f"{self.lock} does not fit package.json: run `{self.name} install`, and commit "
                f"{self.lock}"
            )
        raise BuildFailed(
            f"`{' '.join(command)}` failed: it exited with status {status}; see the end of its "
            "output"
        )


class Npm(NodePackageManager):
    name = "npm"
    lock = "package-lock.json"
    outdated = "can only install packages when your package.json and"

    async def install(self) -> None:
        if self.node.prebuilt:
            self.node.build.info("Prebuilt node_modules of the source: rebuilding native modules")
            await self._run("npm", "rebuild")
        await super().install()

    async def install_command(self) -> tuple[str, ...]:
        production = self.node.setting("NPM_CONFIG_PRODUCTION") or "false"
        unsafe = ("--unsafe-perm",) if self.node.major("npm") < WITHOUT_UNSAFE_PERM else ()
        command = "ci" if self._uses_ci and not self.node.prebuilt else "install"
        return ("npm", command, f"--production={production}", "--prefer-offline", *unsafe)

    def script_command(self, script: str, flags: str) -> tuple[str, ...]:
        return ("npm", "run", script, "--if-present", *(("--", flags) if flags else ()))

    async def prune(self) -> None:
        await self._run("npm", "prune")

    def reason_to_keep(self) -> str:
        return _if_set(self.node, "NPM_CONFIG_PRODUCTION")

    @property
    def cached_folders(self) -> tuple[str, ...]:
        return () if self._uses_ci or self.node.prebuilt else ("node_modules",)

    @property
    def _uses_ci(self) -> bool:
        """Whether the lock decides alone what is installed."""
        if wish := self.node.setting("USE_NPM_INSTALL"):
            return wish == "false"
        return any((self.node.app / name).is_file() for name in (self.lock, SHRINKWRAP))


class Yarn(NodePackageManager):
    """Yarn 1, which is called classic."""

    name = "yarn"
    lock = "yarn.lock"
    outdated = "Your lockfile needs to be updated"

    async def prepare(self) -> None:
        version = self.node.manifest.version("yarn") or "1.22.x"
        await self.node.install_globally(self._package(version), version)

    @staticmethod
    def _package(version: str) -> str:
        """Return the npm package with a version of Yarn."""
        return "yarn" if YARN_1.match(version) else "@yarnpkg/cli-dist"

    @property
    def variables(self) -> dict[str, str]:
        return {"YARN_CACHE_FOLDER": str(self.node.cache / "yarn")}

    async def install(self) -> None:
        if self.node.prebuilt and self.node.setting("SKIP_NODE_MODULES_CHECK") != "true":
            self.node.build.warn("node_modules of the source is removed: write it into .gitignore")
            await _remove(self.node.app / "node_modules")
        await super().install()

    async def install_command(self) -> tuple[str, ...]:
        production = self.node.setting("YARN_PRODUCTION") or "false"
        return ("yarn", "install", f"--production={production}", *CLASSIC)

    def script_command(self, script: str, flags: str) -> tuple[str, ...]:
        return ("yarn", "run", script, *((flags,) if flags else ()))

    async def prune(self) -> None:
        await self._run("yarn", "install", *CLASSIC, "--ignore-scripts")

    def reason_to_keep(self) -> str:
        return _if_set(self.node, "YARN_PRODUCTION")


class YarnBerry(Yarn):
    """Yarn 2 and newer, also in the file that `yarnPath` of .yarnrc.yml names."""

    outdated = "YN0028"

    async def prepare(self) -> None:
        if self.node.setting("YARN_PRODUCTION"):
            raise BuildFailed(
                "Yarn 2 and newer do not support the config var YARN_PRODUCTION: remove it, and "
                "set YARN2_SKIP_PRUNING to true if devDependencies must stay"
            )
        path = self._settings.get("yarnPath")
        version = self.node.manifest.version("yarn")
        if path and not (self.node.app / str(path)).is_file():
            raise BuildFailed(f"Yarn was not found: commit {path}, which .yarnrc.yml names")
        if not path and (not version or YARN_1.match(version)):
            raise BuildFailed(
                "yarn.lock is of Yarn 2 or newer, but its version is nowhere: write it as "
                'packageManager, such as "yarn@4.9.0", into package.json'
            )
        await super().prepare()

    @property
    def variables(self) -> dict[str, str]:
        is_in_app = any((self.node.app / ".yarn/cache").glob("*")) or not self._has_node_modules
        cache = self.node.app / ".yarn" if is_in_app else self.node.cache
        folder = cache / ("cache" if is_in_app else "yarn-berry")
        shared = {"YARN_CACHE_FOLDER": str(folder), "YARN_ENABLE_GLOBAL_CACHE": "false"}
        return shared | {"YARN_ENABLE_TELEMETRY": "false"}

    async def install_command(self) -> tuple[str, ...]:
        return ("yarn", "install", "--immutable")

    async def prune(self) -> None:
        # On Heroku a plugin of the buildpack does this for all versions.
        if int((await self._version()).partition(".")[0] or 0) < 4:
            self.node.build.info("Skipping because here only Yarn 4 can do this")
            return
        await self._run("yarn", "workspaces", "focus", "--all", "--production")

    def reason_to_keep(self) -> str:
        return _if_true(self.node, "YARN2_SKIP_PRUNING")

    async def _version(self) -> str:
        """Return the version, also of a Yarn in the source."""
        lines: list[str] = []
        env = self.node.env | self.variables
        await self.node.build.run(("yarn", "--version"), env, lines.append)
        found = [line for line in lines if re.fullmatch(r"\d+\.\d+\.\d+\S*", line)]
        return found[-1] if found else ""

    @property
    def _has_node_modules(self) -> bool:
        return self._settings.get("nodeLinker") == "node-modules"

    @property
    def _settings(self) -> dict[str, Any]:
        return _yaml(self.node.app / ".yarnrc.yml")


class Pnpm(NodePackageManager):
    name = "pnpm"
    lock = "pnpm-lock.yaml"
    outdated = "ERR_PNPM_OUTDATED_LOCKFILE"

    async def prepare(self) -> None:
        version = self.node.manifest.version("pnpm")
        if not version:
            self.node.build.warn(
                "the newest pnpm is used, as package.json names no version: write it as "
                "packageManager into it"
            )
        await self.node.install_globally("pnpm", version or "latest")
        if self.node.major("pnpm") >= 11:
            # It would compare node_modules with the folder of the build, and install again.
            profile = self.node.app / ".profile.d/pnpm.sh"
            profile.parent.mkdir(exist_ok=True)
            name = "pnpm_config_verify_deps_before_run"
            profile.write_text(f'export {name}="${{{name}:-warn}}"\n')

    @property
    def variables(self) -> dict[str, str]:
        store = str(self.node.cache / "pnpm")  # versions before 11 read the first one
        return {"npm_config_store_dir": store, "pnpm_config_store_dir": store}

    async def install_command(self) -> tuple[str, ...]:
        return ("pnpm", "install", "--prod=false", "--frozen-lockfile")

    def script_command(self, script: str, flags: str) -> tuple[str, ...]:
        return ("pnpm", "run", "--if-present", script, *(("--", flags) if flags else ()))

    async def prune(self) -> None:
        if _yaml(self.node.app / "pnpm-workspace.yaml").get("packages"):
            for folder in sorted(self.node.app.glob("**/node_modules"), reverse=True):
                await _remove(folder)
            await self._run("pnpm", "install", "--prod", "--frozen-lockfile", "--ignore-scripts")
        elif self.node.major("pnpm") >= 9:
            await self._run("pnpm", "prune", "--prod", "--ignore-scripts")
        elif any(name in self.node.manifest.scripts for name in LIFECYCLE):
            self.node.build.info("Skipping because this pnpm would run the scripts of packages")
        else:
            await self._run("pnpm", "prune", "--prod")

    def reason_to_keep(self) -> str:
        return _if_true(self.node, "PNPM_SKIP_PRUNING")


def of_source(node: NodeBuild) -> NodePackageManager:
    """Return the package manager whose lock file the source has; npm without any."""
    app = node.app
    if (app / Pnpm.lock).is_file():
        return Pnpm(node)
    if (app / Yarn.lock).is_file():
        berry = "\n__metadata:" in f"\n{(app / Yarn.lock).read_text(errors='replace')}"
        return YarnBerry(node) if berry else Yarn(node)
    return Npm(node)


def _if_set(node: NodeBuild, name: str) -> str:
    value = node.setting(name)
    return f"{name} is '{value}'" if value else ""


def _if_true(node: NodeBuild, name: str) -> str:
    return _if_set(node, name) if node.setting(name) == "true" else ""


async def _remove(folder: Path) -> None:
    await finished(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


def _yaml(file: Path) -> dict[str, Any]:
    """Return the content of a file; empty without a valid one, which its own program reports."""
    try:
        content = yaml.safe_load(file.read_text())
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
