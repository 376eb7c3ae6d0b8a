"""Builds with the real uv, Poetry and Pipenv; the app's own packages come from its source."""

from __future__ import annotations

import asyncio
import hashlib
import json
import platform
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from packaging.specifiers import SpecifierSet

from localheroku.core import uv_program
from localheroku.core.backends import BuildContext
from localheroku.dynos import pypi_mirror
from localheroku.dynos.builder import BuildFailed, CompiledSlug, SlugBuilder
from localheroku.dynos.interpreters import Interpreters
from localheroku.dynos.package_manager import PIPENV, POETRY, PackageManager
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.python_version import PythonRequest
from localheroku.dynos.tools import Tools
from tests.localheroku.dynos.slugs import APP

pytestmark = [pytest.mark.e2e, pytest.mark.long]

MINOR = ".".join(platform.python_version().split(".")[:2])
WHEEL = "wheels/{name}-1.0-py3-none-any.whl"
UV_PROJECT = """
[project]
name = "shop"
version = "0"
requires-python = ">=3.10"
dependencies = ["greeting"]
[dependency-groups]
dev = ["testing"]
[[tool.uv.index]]
name = "wheels"
url = "./wheels"
format = "flat"
default = true
"""
POETRY_PROJECT = f"""
[project]
name = "shop"
version = "0"
requires-python = ">=3.10"
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
greeting = {{ path = "{WHEEL.format(name="greeting")}" }}
[tool.poetry.group.dev.dependencies]
testing = {{ path = "{WHEEL.format(name="testing")}" }}
"""
POETRY_PROJECT_OF_AN_INDEX = """
[project]
name = "shop"
version = "0"
requires-python = ">=3.10"
dependencies = ["greeting"]
[tool.poetry]
package-mode = false
"""
PIPFILE = f"""
[packages]
greeting = {{ path = "./{WHEEL.format(name="greeting")}" }}
[dev-packages]
testing = {{ path = "./{WHEEL.format(name="testing")}" }}
"""
PIPFILE_OF_PYPI = """
[[source]]
name = "pypi"
url = "https://pypi.python.org/simple"
verify_ssl = true
[packages]
greeting = "*"
"""
HASH = "from pipenv.project import Project; print(Project().calculate_pipfile_hash())"


@dataclass
class Workshop:
    """A source and the builder for it."""

    source: Path
    data: Path
    builder: SlugBuilder
    registry: ProcessRegistry
    output: list[str] = field(default_factory=list)

    async def build(self) -> CompiledSlug:
        self.output.clear()
        archive = self.source.with_name("source.tgz")
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(self.source, ".")
        return await self.builder.build("b-1", archive, self.output.append, BuildContext(APP))

    async def tool(self, manager: PackageManager) -> Path:
        """Return the program that the builds will use."""
        interpreter = await Interpreters(self.registry).interpreter(
            PythonRequest(MINOR, ""), SpecifierSet(), self.output.append
        )
        tools = Tools(self.data / "tools", self.registry)
        return await tools.program(manager, interpreter, self.output.append)

    async def run(self, *command: str | Path) -> str:
        """Run a developer's command in the source."""
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=self.source,
            env=uv_program.environment() | {"POETRY_VIRTUALENVS_CREATE": "false"},
            capture_output=True,
            text=True,
        )
        assert not done.returncode, done.stderr
        return done.stdout


@dataclass
class Index:
    """A package index on this machine, of the simple API alone."""

    url: str
    file: Path
    """The only file in it."""
    patch: pytest.MonkeyPatch

    def give_to_pip(self) -> None:
        """Make it the developer's index; what is installed before comes from the usual one."""
        self.patch.setenv("PIP_INDEX_URL", self.url)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    project = tmp_path / "index" / "greeting"
    project.mkdir(parents=True)
    file = Path(WHEEL.format(name="greeting")).name
    wheel(project / file, "greeting")
    (project / "index.html").write_text(f'<a href="{file}">{file}</a>')
    handler = partial(SimpleHTTPRequestHandler, directory=project.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Index(f"http://127.0.0.1:{server.server_port}/", project / file, monkeypatch)
        server.shutdown()


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    source = tmp_path / "source"
    (source / "wheels").mkdir(parents=True)
    for name in ("greeting", "testing"):
        wheel(source / WHEEL.format(name=name), name)
    (source / "Procfile").write_text("web: serve")
    (source / ".python-version").write_text(MINOR)
    builder = SlugBuilder(tmp_path / "data")
    registry = ProcessRegistry(tmp_path / "running.json")
    yield Workshop(source, tmp_path / "data", builder, registry)
    registry.close()
    builder.close()


def wheel(path: Path, name: str) -> None:
    """Write a wheel of always the same bytes, since Poetry caches hashes."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "TEXT = 'hello'",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
        f"{info}/RECORD": f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n",
    }
    with zipfile.ZipFile(path, "w") as packed:
        for file, text in files.items():
            packed.writestr(zipfile.ZipInfo(file), text)


def installed(slug: CompiledSlug) -> list[str]:
    """Return which of the two packages the environment has."""
    packages = slug.path / "environment/lib"
    return sorted(path.stem for path in packages.glob("*/site-packages/[gt]*ing.py"))


async def test_uv(workshop: Workshop) -> None:
    project = workshop.source / "pyproject.toml"
    project.write_text(UV_PROJECT)
    await workshop.run(*uv_program.command(), "lock", "--offline")
    slug = await workshop.build()
    step = "-----> Installing dependencies using 'uv sync --locked --no-default-groups'"
    assert step in workshop.output
    assert installed(slug) == ["greeting"]
    assert (slug.path / "environment/uv/bin/uv").exists()

    again = await workshop.build()
    assert "-----> Using cached install of the same uv.lock" in workshop.output
    assert installed(again) == ["greeting"]

    project.write_text(UV_PROJECT.replace('["greeting"]', '["greeting", "testing"]'))
    with pytest.raises(BuildFailed, match="Unable to install dependencies using uv: see the end"):
        await workshop.build()
    assert any("needs to be updated" in line for line in workshop.output)


async def test_poetry(workshop: Workshop) -> None:
    (workshop.source / "pyproject.toml").write_text(POETRY_PROJECT)
    await workshop.run(await workshop.tool(POETRY), "lock")
    assert f"-----> Installing Poetry {POETRY.version}" in workshop.output
    slug = await workshop.build()
    assert f"-----> Using cached Poetry {POETRY.version}" in workshop.output
    assert "-----> Installing dependencies using 'poetry sync --only main'" in workshop.output
    assert installed(slug) == ["greeting"]


async def test_poetry_uses_the_package_index_of_pip(workshop: Workshop, index: Index) -> None:
    (workshop.source / "pyproject.toml").write_text(POETRY_PROJECT_OF_AN_INDEX)
    program = await workshop.tool(POETRY)
    index.give_to_pip()
    await workshop.run("env", f"{pypi_mirror.POETRY_VARIABLE}={index.url}", program, "lock")
    assert installed(await workshop.build()) == ["greeting"]


async def test_pipenv_uses_the_package_index_of_pip(workshop: Workshop, index: Index) -> None:
    (workshop.source / "Pipfile").write_text(PIPFILE_OF_PYPI)
    source = tomllib.loads(PIPFILE_OF_PYPI)["source"][0]
    digest = hashlib.sha256(index.file.read_bytes()).hexdigest()
    package = {"hashes": [f"sha256:{digest}"], "index": "pypi", "version": "==1.0"}
    await lock_pipfile(workshop, {"greeting": package}, source)
    index.give_to_pip()
    assert installed(await workshop.build()) == ["greeting"]


async def lock_pipfile(
    workshop: Workshop, packages: Mapping[str, object], *sources: object
) -> None:
    """Write a Pipfile.lock that fits the Pipfile."""
    tool = await workshop.tool(PIPENV)
    digest = await workshop.run(tool.with_name("python"), "-c", HASH)
    meta = {"hash": {"sha256": digest.strip()}, "pipfile-spec": 6, "requires": {}}
    lock = {"_meta": {**meta, "sources": sources}, "default": packages, "develop": {}}
    (workshop.source / "Pipfile.lock").write_text(json.dumps(lock))


async def test_pipenv(workshop: Workshop) -> None:
    (workshop.source / "Pipfile").write_text(PIPFILE)
    await lock_pipfile(workshop, {"greeting": {"path": f"./{WHEEL.format(name='greeting')}"}})
    slug = await workshop.build()
    assert "-----> Installing dependencies using 'pipenv install --deploy'" in workshop.output
    assert installed(slug) == ["greeting"]
    version = await workshop.run(slug.path / "environment/pipenv/bin/pipenv", "--version")
    assert PIPENV.version in version

    (workshop.source / "Pipfile").write_text(f"{PIPFILE}\n[scripts]\nserve = 'python -m serve'\n")
    await workshop.build()
    (workshop.source / "Pipfile").write_text(PIPFILE.replace("[dev-packages]", "testing = '*'"))
    with pytest.raises(BuildFailed, match="Unable to install dependencies using Pipenv"):
        await workshop.build()
