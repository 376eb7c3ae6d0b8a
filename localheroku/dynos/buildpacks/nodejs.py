"""Heroku's Node.js buildpack.

https://devcenter.heroku.com/articles/nodejs-support,
https://github.com/heroku/heroku-buildpack-nodejs (bin/compile, v363)
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from localheroku.core.cancellation import finished
from localheroku.dynos.buildpacks.buildpack import Buildpack, Compilation
from localheroku.dynos.node import npm_settings, package_json, package_managers
from localheroku.dynos.node.node_build import NodeBuild
from localheroku.dynos.node.node_range import NodeRange
from localheroku.dynos.node.nodes import Nodes
from localheroku.dynos.node.package_managers import NodePackageManager
from localheroku.dynos.source import PROCFILE, BuildFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from localheroku.dynos.environment import DynoContext
    from localheroku.dynos.process_registry import ProcessRegistry

LARGE_MEGABYTES = 16384
MAX_MEGABYTES = 129024
"""The memory of the largest dyno that the buildpack knows."""
SHOWN = ("NPM_CONFIG_LOGLEVEL", "NODE_VERBOSE", "NODE_ENV", "NODE_MODULES_CACHE")
"""The variables that a build shows; others may contain a key of a registry."""
FOLDERS = "folders"
"""Where cached folders of the app are, below the cache of Node.js."""
MCP = "mcp"
"""The start of the process types of an app that needs no web process."""


class NodejsBuildpack(Buildpack):
    """Links a Node.js into the app, installs its packages and runs its build script."""

    name = "heroku/nodejs"
    title = "Node.js"
    repositories = ("heroku/heroku-buildpack-nodejs",)

    def __init__(self, data: Path, registry: ProcessRegistry) -> None:
        super().__init__(data, registry)
        self._nodes = Nodes(data / "nodes", registry)

    def detects(self, app: Path) -> bool:
        return (app / package_json.FILE).is_file()

    def check(self, app: Path) -> None:
        NodeRange(package_json.read(app).engines.get("node", ""))

    def default_processes(self, app: Path) -> dict[str, str]:
        procfile = app / PROCFILE
        lines = procfile.read_text(errors="replace").splitlines() if procfile.is_file() else []
        return {} if any(line.strip().startswith(MCP) for line in lines) else {"web": "npm start"}

    async def compile(self, build: Compilation) -> None:
        manifest = package_json.read(build.app)
        build.step("Installing binaries")
        for program in ("node", "npm", "yarn", "pnpm"):
            if program in ("node", "npm") or program in manifest.engines:
                wish = manifest.engines.get(program, "unspecified")
                build.info(f"engines.{program} (package.json): {wish}")
        wanted = NodeRange(manifest.engines.get("node", ""))
        version, node = await self._nodes.node(wanted, build)
        settings = await npm_settings.environment(node, self._registry)
        prebuilt = (build.app / "node_modules").exists()
        session = NodeBuild(build, manifest, version, settings, prebuilt)
        node.link(session.prefix)
        if (npm := manifest.engines.get("npm")) and npm != session.version_of("npm"):
            build.info(f"Bootstrapping npm {npm}...")
            await session.install_globally("npm", npm)
        manager = package_managers.of_source(session)
        await manager.prepare()
        for name in SHOWN:
            build.info(f"{name}={session.setting(name)}")
        await _build(session, manager)
        build.exported |= session.exported | manager.variables

    @staticmethod
    def dyno_variables(dyno: DynoContext, before: Mapping[str, str]) -> dict[str, str]:
        home, programs = dyno.home, dyno.home / package_json.FOLDER
        path = f"{programs}/node/bin:{programs}/yarn/bin"
        return {
            "NODE_ENV": dyno.config_vars.get("NODE_ENV") or "production",
            "NODE_HOME": f"{programs}/node",
            "NPM_CONFIG_PREFIX": f"{programs}/node",  # this machine's own is not the app's
            "PATH": f"{path}:{before['PATH']}:{home}/bin:{home}/node_modules/.bin",
            **_concurrency(dyno),
        }


async def _build(session: NodeBuild, manager: NodePackageManager) -> None:
    build, scripts = session.build, session.manifest.scripts
    folders = session.manifest.cache_directories or manager.cached_folders
    caches = session.setting("NODE_MODULES_CACHE") == "true"
    if caches and folders:
        build.step("Restoring cache")
        await finished(asyncio.to_thread(_restore, session, folders))
    if "heroku-prebuild" in scripts:
        build.step("Prebuild")
        await _run_script(manager, "heroku-prebuild")
    build.step("Installing dependencies")
    await manager.install()
    build.step("Build")
    if "heroku-postbuild" in scripts:
        if "build" in scripts:
            build.info('Detected both "build" and "heroku-postbuild" scripts')
        await _run_script(manager, "heroku-postbuild")
    elif "build" in scripts:
        await _run_script(manager, "build", session.setting("NODE_BUILD_FLAGS"))
    if caches and folders:
        build.step("Caching build")
        await finished(asyncio.to_thread(_save, session, folders))
    build.step("Pruning devDependencies")
    if reason := _reason_to_keep(session) or manager.reason_to_keep():
        build.info(f"Skipping because {reason}")
    else:
        await manager.prune()
    if "heroku-cleanup" in scripts:
        build.step("Cleanup")
        await _run_script(manager, "heroku-cleanup")


async def _run_script(manager: NodePackageManager, script: str, flags: str = "") -> None:
    manager.node.build.info(f"Running {script}")
    command = manager.script_command(script, flags)
    status, _ = await manager.node.run(*command, more=manager.variables)
    if status:
        raise BuildFailed(
            f"the script {script} of package.json failed: it exited with status {status}; fix the "
            "errors above"
        )


def _reason_to_keep(session: NodeBuild) -> str:
    mode = session.setting("NODE_ENV")
    return "" if mode == "production" else f"NODE_ENV is '{mode}', not 'production'"


def _cached(session: NodeBuild, folder: str) -> Path | None:
    """Return where a folder of the app is kept for this Node; None if it leads out of the app."""
    inside = (session.app / folder).resolve().is_relative_to(session.app.resolve())
    return session.cache / FOLDERS / session.version / folder if inside else None


def _restore(session: NodeBuild, folders: tuple[str, ...]) -> None:
    for folder in folders:
        kept, place = _cached(session, folder), session.app / folder
        if kept and kept.is_dir() and not place.exists():
            session.build.info(f"- {folder}")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(kept, place)
        else:
            session.build.info(f"- {folder} (not cached - skipping)")


def _save(session: NodeBuild, folders: tuple[str, ...]) -> None:
    shutil.rmtree(session.cache / FOLDERS, ignore_errors=True)
    for folder in folders:
        kept, place = _cached(session, folder), session.app / folder
        if kept and place.is_dir():
            session.build.info(f"- {folder}")
            shutil.copytree(place, kept, symlinks=True)


def _concurrency(dyno: DynoContext) -> dict[str, str]:
    """Return how many processes a web server starts, by memory (profile/WEB_CONCURRENCY.sh)."""
    if dyno.megabytes is None or dyno.concurrency_by != NodejsBuildpack.name:
        return {}
    own = dyno.config_vars
    available = own.get("MEMORY_AVAILABLE") or str(min(dyno.megabytes, MAX_MEGABYTES))
    default = "2048" if dyno.megabytes > LARGE_MEGABYTES else "512"
    each = own.get("WEB_MEMORY") or default
    memory = {"MEMORY_AVAILABLE": available, "WEB_MEMORY": each}
    if own.get("WEB_CONCURRENCY") or not (available.isdecimal() and each.isdecimal()):
        return memory
    processes = max(1, int(available) // max(1, int(each)))
    return memory | {
        "WEB_CONCURRENCY": str(processes if processes <= 200 else 1),
        "WEB_CONCURRENCY_SET_BY": NodejsBuildpack.name,
    }
