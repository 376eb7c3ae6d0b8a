"""The Node.js that a build gets: found, downloaded from a server here, or the nearest one.

The Nodes of these tests are scripts that print a version.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from localheroku.core.backends import BuildContext
from localheroku.dynos.buildpacks.buildpack import Compilation
from localheroku.dynos.environment import BuildFolders
from localheroku.dynos.node import nodes
from localheroku.dynos.node.downloads import PLATFORMS
from localheroku.dynos.node.node_range import NodeRange
from localheroku.dynos.node.nodes import Nodes
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.source import BuildFailed

NPM = "lib/node_modules/npm/bin/npm-cli.js"
NAME, KEY = PLATFORMS[platform.system(), platform.machine()]
OFF = "downloads are switched off by an empty NODEJS_ORG_MIRROR"


def script(version: str) -> str:
    return f"#!/bin/sh\necho v{version}\n"


@dataclass
class Machine:
    """A machine whose PATH and home folder are in this folder."""

    folder: Path
    nodes: Nodes
    registry: ProcessRegistry
    lines: list[str] = field(default_factory=list)

    def node(self, place: str, version: str, *, npm: bool = True) -> Path:
        """Install a Node."""
        program = self.folder / place / "bin/node"
        program.parent.mkdir(parents=True)
        program.write_text(script(version))
        program.chmod(0o755)
        if npm:
            (self.folder / place / NPM).parent.mkdir(parents=True)
            (self.folder / place / NPM).touch()
        return program

    async def gets(self, wanted: str) -> Path:
        """Return the folder of the Node that a build gets."""
        self.lines.clear()
        slug = self.folder / "slug"
        folders = BuildFolders(slug, slug, slug, slug)
        build = Compilation(folders, BuildContext("app"), self.lines.append, self.registry)
        _, node = await self.nodes.node(NodeRange(wanted), build)
        return node.program.parents[1].relative_to(self.folder)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setattr("localheroku.core.programs.SYSTEM_FOLDERS", ())
    monkeypatch.setattr("localheroku.dynos.node.installations.HOMEBREW", ())
    shims = tmp_path / ".asdf/shims"
    monkeypatch.setenv("PATH", f"{shims}:{tmp_path / 'system/bin'}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NODEJS_ORG_MIRROR", "")
    for name in ("NVM_DIR", "FNM_DIR", "VOLTA_HOME", "ASDF_DATA_DIR", "MISE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    registry = ProcessRegistry(tmp_path / "running.json")
    yield Machine(tmp_path, Nodes(tmp_path / "data/nodes", registry), registry)
    registry.close()


@pytest.mark.parametrize(
    "place",
    [
        ".nvm/versions/node/v22.3.1",
        ".local/share/fnm/node-versions/v22.3.1/installation",
        ".volta/tools/image/node/22.3.1",
        ".asdf/installs/nodejs/22.3.1",
        ".local/share/mise/installs/node/22.3.1",
        "data/nodes/22.3.1",
    ],
)
async def test_nodes_of_version_managers_are_found(machine: Machine, place: str) -> None:
    machine.node("system", "20.1.0")
    machine.node(place, "22.3.1")
    assert await machine.gets("22.x") == Path(place)
    assert machine.lines == ["       Using node 22.3.1"]
    assert await machine.gets("20.x") == Path("system")


async def test_a_shim_and_a_node_without_npm_are_not_used(machine: Machine) -> None:
    shim = machine.folder / ".asdf/shims/node"
    shim.parent.mkdir(parents=True)
    shim.write_text("#!/bin/sh\nexit 1\n")
    shim.chmod(0o755)
    machine.node("system", "24.1.0", npm=False)
    machine.node(".nvm/versions/node/v24.0.5", "24.0.5")
    assert await machine.gets("24.x") == Path(".nvm/versions/node/v24.0.5")


async def test_a_wide_range_takes_what_is_here_and_says_what_heroku_takes(machine: Machine) -> None:
    machine.node("system", "22.1.0")
    await machine.gets(">=18")
    warning = (
        ">=18 is a wide range of versions of Node.js: this build uses 22.1.0 of this machine, "
        "Heroku the newest 24.x"
    )
    assert machine.lines == [f" !     {warning}", "       Using node 22.1.0"]


async def test_the_nearest_node_takes_the_place_of_one_that_cannot_be_had(machine: Machine) -> None:
    with pytest.raises(BuildFailed, match=f"Node.js 24.x is .* downloaded \\({OFF}\\), and there"):
        await machine.gets("")
    machine.node("system", "20.1.0")
    await machine.gets("")
    warning = (
        f"Node.js 24.x is not on this machine and could not be downloaded ({OFF}), so Node.js "
        "20.1.0 takes its place: install it, on PATH or with nvm, fnm, Volta, asdf, mise or nodenv"
    )
    assert machine.lines == [f" !     {warning}", "       Using node 20.1.0"]


async def test_the_end_of_life_is_reported(machine: Machine) -> None:
    machine.node("system", "18.1.0")
    await machine.gets("18.x")
    assert machine.lines[0].startswith(" !     Node.js 18 is past its end of life: write")


@dataclass
class Server:
    """A server like nodejs.org with one release."""

    folder: Path
    url: str
    requests: list[str]

    def offer(self, version: str, checksum: str = "") -> None:
        file = f"node-v{version}-{NAME}"
        archive = self.folder / f"v{version}/{file}.tar.gz"
        archive.parent.mkdir(parents=True)
        with tarfile.open(archive, "w:gz") as tar:
            for name, text in (("bin/node", script(version)), (NPM, "")):
                member = tarfile.TarInfo(f"{file}/{name}")
                member.size, member.mode = len(text), 0o755
                tar.addfile(member, io.BytesIO(text.encode()))
        checksum = checksum or hashlib.sha256(archive.read_bytes()).hexdigest()
        (archive.parent / "SHASUMS256.txt").write_text(f"{checksum}  {file}.tar.gz\n")
        releases = [
            {"version": "v24.98.0", "files": ["a machine of others"]},
            {"version": f"v{version}", "files": [KEY]},
        ]
        (self.folder / "index.json").write_text(json.dumps(releases))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    requests: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            requests.append(self.path)

    folder = tmp_path / "server"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{http.server_port}"
        monkeypatch.setenv("NODEJS_ORG_MIRROR", f"{url}/")
        monkeypatch.setenv("UV_OFFLINE", "1")
        yield Server(folder, url, requests)
        http.shutdown()


async def test_a_missing_node_is_downloaded_once(machine: Machine, server: Server) -> None:
    machine.node("system", "20.1.0")
    server.offer("24.97.0")
    assert await machine.gets("24.x") == Path("data/nodes/24.97.0")
    assert machine.lines == [
        "       Downloading and installing node 24.97.0...",
        "       Using node 24.97.0",
    ]
    count = len(server.requests)
    assert await machine.gets("24.x") == Path("data/nodes/24.97.0")
    assert len(server.requests) == count
    drafts = await asyncio.to_thread(lambda: list((machine.folder / "data/nodes").iterdir()))
    assert [each.name for each in drafts] == ["24.97.0"]


async def test_an_archive_must_match_its_checksum(machine: Machine, server: Server) -> None:
    machine.node("system", "20.1.0")
    server.offer("24.97.0", checksum="0" * 64)
    assert await machine.gets("24.x") == Path("system")
    assert f"{NAME}.tar.gz does not match its checksum in SHASUMS256.txt; the" in machine.lines[-2]
    assert not list((machine.folder / "data/nodes").iterdir())


async def test_a_failed_download_is_not_tried_again_at_once(
    machine: Machine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.node("system", "20.1.0")
    assert await machine.gets("24.x") == Path("system")
    assert f"({server.url}/index.json answered 404; the Python package" in machine.lines[-2]
    count = len(server.requests)
    await machine.gets("24.x")
    assert len(server.requests) == count
    server.offer("24.97.0")
    monkeypatch.setattr(nodes, "RETRY_SECONDS", 0.0)
    assert await machine.gets("24.x") == Path("data/nodes/24.97.0")
