"""The Python that a build gets: found, downloaded from a mirror here, or the nearest one.

The Pythons of these tests are links to the one that runs the tests.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import platform
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from packaging.specifiers import SpecifierSet

from localheroku.core import uv_program
from localheroku.dynos.interpreters import Interpreter, Interpreters
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.python_version import PythonRequest
from localheroku.dynos.source import BuildFailed

VERSION = platform.python_version()
MINOR = ".".join(VERSION.split(".")[:2])
NAME = f"python{MINOR}"
PYTHON = Path(sys.executable).resolve()
SCRIPT = f'#!/bin/sh\nexec {PYTHON} "$@"\n'
SYSCONFIG = (
    "# system configuration generated and used by the sysconfig module\nbuild_time_vars = {}\n"
)
"""A module without which uv rejects an archive."""
ABSENT = "3.14" if MINOR != "3.14" else "3.13"
RELEASES = "https://github.com/astral-sh/python-build-standalone/releases/download"
ARCHIVE = "20990101/python.tar.gz"


@dataclass
class Machine:
    """A machine without Python, whose PATH and pyenv are in this folder."""

    folder: Path
    lines: list[str] = field(default_factory=list)

    @property
    def pyenv(self) -> Path:
        return self.folder / ".pyenv"

    def python(self, path: str) -> Path:
        python = self.folder / path
        python.parent.mkdir(parents=True, exist_ok=True)
        python.symlink_to(PYTHON)
        return python

    async def gets(
        self, version: str, requires: str = "", known: Interpreters | None = None
    ) -> Interpreter:
        registry = ProcessRegistry(self.folder / "running.json")
        try:
            return await (known or Interpreters(registry)).interpreter(
                PythonRequest(version, ".python-version"),
                SpecifierSet(requires),
                self.lines.append,
            )
        finally:
            registry.close()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr("localheroku.core.programs.SYSTEM_FOLDERS", ())
    folders = [tmp_path / ".pyenv" / "shims", tmp_path / "venv/bin", tmp_path / "bin"]
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / ".pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "installed"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Machine(tmp_path)


@pytest.fixture
def known(machine: Machine) -> Iterator[Interpreters]:
    registry = ProcessRegistry(machine.folder / "known.json")
    yield Interpreters(registry)
    registry.close()


async def test_a_version_of_pyenv_is_found_though_its_stand_in_fails(machine: Machine) -> None:
    shim = machine.pyenv / "shims" / NAME
    shim.parent.mkdir(parents=True)
    shim.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    machine.python(f".pyenv/versions/{MINOR}.0/bin/{NAME}")
    newest = machine.python(f".pyenv/versions/{MINOR}.10/bin/{NAME}")
    found = await machine.gets(MINOR)
    assert (found.path, found.version, found.minor) == (newest, VERSION, MINOR)
    assert Path(found.bundled_pip).name.startswith("pip-")
    assert machine.lines == [f"-----> Using Python {VERSION} of this machine"]


async def test_a_virtual_environment_on_the_path_is_not_used(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = machine.python(f"bin/{NAME}")
    venv = machine.folder / "venv"
    command = [*uv_program.command(), "venv", "--quiet", "--python", str(python), str(venv)]
    await asyncio.to_thread(subprocess.run, command, check=True)
    monkeypatch.setenv("VIRTUAL_ENV", str(venv))
    assert (await machine.gets(MINOR)).path == python


async def test_what_was_found_is_remembered_while_it_exists(
    machine: Machine, known: Interpreters
) -> None:
    python = machine.python(f"bin/{NAME}")
    first = await machine.gets(MINOR, known=known)
    machine.python(f".pyenv/versions/{MINOR}.1/bin/{NAME}")
    assert await machine.gets(MINOR, known=known) == first
    python.unlink()
    assert (await machine.gets(MINOR, known=known)).path != python


async def test_the_nearest_python_is_used_and_reported(machine: Machine) -> None:
    machine.python(f"bin/{NAME}")
    found = await machine.gets(ABSENT, requires=">=3.10")
    assert found.version == VERSION
    assert machine.lines == [
        f"-----> Using Python {VERSION} of this machine",
        (
            f" !     Python {ABSENT} is not on this machine and could not be downloaded (downloads "
            f"are switched off), so Python {VERSION} takes its place; to get it, run: "
            f"{uv_program.name()} python install {ABSENT}"
        ),
    ]


@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        ("<3", "there is no other that the app's dependencies accept (<3); to get it, run: "),
        ("", "there is no other; to get it, run: "),
    ],
)
async def test_without_a_suitable_python_the_build_fails(
    machine: Machine, requires: str, reason: str
) -> None:
    if requires:
        machine.python(f"bin/{NAME}")
    with pytest.raises(BuildFailed, match=re.escape(reason)):
        await machine.gets(ABSENT, requires)


@dataclass
class Mirror:
    """Serves one archive of a Python; without it, answers 404."""

    content: bytes = b""
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def mirror(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    mirror = Mirror(archive({f"bin/{NAME}": SCRIPT, f"lib/{NAME}/_sysconfigdata_.py": SYSCONFIG}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.paths.append(self.path)
            self.send_response(200 if mirror.content else 404)
            self.send_header("Content-Length", str(len(mirror.content)))
            self.end_headers()
            self.wfile.write(mirror.content)

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    catalogue = machine.folder / "downloads.json"
    catalogue.write_text(json.dumps(downloads(mirror.content)))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", str(catalogue))
        monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "automatic")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield mirror
        server.shutdown()


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"python/{name}")
            member.size, member.mode = len(text), 0o755
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def downloads(content: bytes) -> dict[str, object]:
    """Return uv's list of downloads, with the Python of the tests for this machine alone."""
    system, libc = ("darwin", "none") if sys.platform == "darwin" else ("linux", "gnu")
    family = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    major, minor, patch = map(int, VERSION.split("."))
    return {
        f"cpython-{VERSION}-{system}-{family}-{libc}": {
            "name": "cpython",
            "arch": {"family": family, "variant": None},
            "os": system,
            "libc": libc,
            "major": major,
            "minor": minor,
            "patch": patch,
            "prerelease": "",
            "url": f"{RELEASES}/{ARCHIVE}",
            "sha256": hashlib.sha256(content).hexdigest(),
            "variant": None,
            "build": "20990101",
        }
    }


async def test_a_missing_python_is_downloaded(machine: Machine, mirror: Mirror) -> None:
    assert (await machine.gets(MINOR)).version == VERSION
    assert list(machine.folder.glob(f"installed/cpython-{VERSION}-*/bin/{NAME}"))
    assert mirror.paths == [f"/{ARCHIVE}"]
    assert machine.lines == [
        f"-----> Downloading Python {MINOR}",
        f"-----> Using Python {VERSION} of this machine",
    ]
    assert not list(machine.folder.glob(".local/bin/*")), "it is for builds only"


async def test_a_failed_download_is_not_tried_again_at_once(
    machine: Machine, mirror: Mirror, known: Interpreters
) -> None:
    mirror.content = b""
    for _ in range(2):
        with pytest.raises(BuildFailed, match=r"could not be downloaded \(.*404.*\), and there"):
            await machine.gets(MINOR, known=known)
    assert mirror.paths == [f"/{ARCHIVE}"]
