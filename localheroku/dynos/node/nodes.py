"""The Node.js that a build gets: one of this machine, a downloaded one, or the nearest."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.dynos import processes
from localheroku.dynos.node import installations
from localheroku.dynos.node.downloads import DownloadFailed, NodeDownloads
from localheroku.dynos.node.installations import VERSION, Node
from localheroku.dynos.node.node_range import DEFAULT, SUPPORTED, NodeRange
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from localheroku.dynos.buildpacks.buildpack import Compilation
    from localheroku.dynos.process_registry import ProcessRegistry

RETRY_SECONDS = 600.0
"""How long a failed download is not tried again."""
WIDE = "NODEJS_ALLOW_WIDE_RANGE"


class Nodes:
    """Finds Nodes; remembers which downloads failed."""

    def __init__(self, folder: Path, registry: ProcessRegistry) -> None:
        """Use a folder for the downloaded ones."""
        self._folder = folder
        self._registry = registry
        self._downloads = NodeDownloads(folder, registry)
        self._lock = asyncio.Lock()
        self._failures: dict[str, tuple[float, str]] = {}
        """When the download of a range failed, and why."""

    async def node(self, wanted: NodeRange, build: Compilation) -> tuple[str, Node]:
        """Return a Node of a range and its version; else the nearest one, and report that.

        Raises:
            BuildFailed: this machine has none, and none could be downloaded.
        """
        wide = build.environment().get(WIDE) == "true"
        found = await self._found()
        version = wanted.best(found, allow_wide=wide)
        if version is None:
            why = await self._download(wanted, build)
            found = await self._found()
            version = wanted.best(found, allow_wide=wide) or self._replacement(
                wanted, found, why, build
            )
        elif _major(version) != wanted.major and not wide:
            build.warn(
                f"{wanted.text} is a wide range of versions of Node.js: this build uses {version} "
                f"of this machine, Heroku the newest {wanted.major}.x"
            )
        if wanted.major < SUPPORTED[-1] and wanted.major not in SUPPORTED:
            build.warn(
                f"Node.js {wanted.major} is past its end of life: write "
                f'"{DEFAULT}.x" as engines.node into package.json'
            )
        build.info(f"Using node {version}")
        return version, found[version]

    def _replacement(
        self, wanted: NodeRange, found: dict[str, Node], why: str, build: Compilation
    ) -> str:
        missing = (
            f"Node.js {wanted.text} is not on this machine and could not be downloaded ({why})"
        )
        advice = "install it, on PATH or with nvm, fnm, Volta, asdf, mise or nodenv"
        version = wanted.nearest(found)
        if version is None:
            raise BuildFailed(f"{missing}, and there is no other: {advice}")
        build.warn(f"{missing}, so Node.js {version} takes its place: {advice}")
        return version

    async def _found(self) -> dict[str, Node]:
        """Return the Nodes of this machine by version."""
        listed = installations.with_known_version
        known = await asyncio.to_thread(lambda: dict(listed(self._folder)))
        unknown = list(installations.with_unknown_version())
        versions = await asyncio.gather(*map(self._version, unknown))
        return known | {
            version: node for version, node in zip(versions, unknown, strict=True) if version
        }

    async def _version(self, node: Node) -> str:
        lines: list[str] = []
        env = {"PATH": os.defpath}
        command = (str(node.program), "--version")
        if await processes.run(command, Path("/"), env, lines.append, self._registry):
            return ""
        found = VERSION.match(lines[0]) if lines else None
        return found[1] if found else ""

    async def _download(self, wanted: NodeRange, build: Compilation) -> str:
        """Try to download a Node; return why it failed, or an empty text."""
        async with self._lock:
            failed_at, why = self._failures.get(wanted.text, (-RETRY_SECONDS, ""))
            if time.monotonic() - failed_at < RETRY_SECONDS:
                return why
            try:
                await self._downloads.download(wanted, build.info)
            except DownloadFailed as failure:
                self._failures[wanted.text] = (time.monotonic(), str(failure))
                return str(failure)
            self._failures.pop(wanted.text, None)
            return ""


def _major(version: str) -> int:
    return int(version.partition(".")[0])
