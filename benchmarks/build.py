"""Time of a build of the example, beside `uv pip install` of the same lock."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging.specifiers import SpecifierSet

from benchmarks.measure import Comparison, in_turn
from localheroku.core import uv_program
from localheroku.core.backends import BuildContext
from localheroku.dynos.builder import SlugBuilder
from localheroku.dynos.interpreters import Interpreters
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.python_version import FILE, PythonRequest
from tests.e2e.rehearsal import Rehearsal

EXAMPLE = Path(__file__).parent.parent / "examples" / "django"
COLD_RUNS = 3
"""At most: each run downloads the packages."""
BESIDE = "uv venv and uv pip install"


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare builds without collectstatic: of a new lock, and of a lock that has been built."""
    folder = rehearsal.directory.with_name("build")
    folder.mkdir()
    with tarfile.open(folder / "source.tgz", "w:gz") as tar:
        tar.add(EXAMPLE, ".")
    python = asyncio.run(_python(folder))
    cache = folder / "cache"

    def ours() -> None:
        shutil.rmtree(folder / "data", ignore_errors=True)
        asyncio.run(_build(folder))

    def theirs() -> None:
        shutil.rmtree(folder / "venv", ignore_errors=True)
        _install(folder / "venv", python)

    def from_empty_cache(install: Callable[[], None]) -> None:
        shutil.rmtree(cache, ignore_errors=True)
        install()

    name = "build of the example's packages"
    with _cache(cache):
        pairs = in_turn(
            lambda: from_empty_cache(ours), lambda: from_empty_cache(theirs), min(runs, COLD_RUNS)
        )
        yield Comparison(f"{name}, nothing downloaded", "s", BESIDE, *pairs)
        yield Comparison(f"{name}, downloaded", "s", BESIDE, *in_turn(ours, theirs, runs))
        again = in_turn(lambda: asyncio.run(_build(folder)), theirs, runs)
        yield Comparison(f"{name}, built before", "s", BESIDE, *again)


async def _python(folder: Path) -> Path:
    """Return the Python that the example requests."""
    registry = ProcessRegistry(folder / "running.json")
    try:
        request = PythonRequest((EXAMPLE / FILE).read_text().strip(), FILE)
        interpreters = Interpreters(registry)
        return (await interpreters.interpreter(request, SpecifierSet(), lambda _line: None)).path
    finally:
        registry.close()


async def _build(folder: Path) -> None:
    builder = SlugBuilder(folder / "data")
    try:
        context = BuildContext("example", {"DISABLE_COLLECTSTATIC": "1"})
        await builder.build("build", folder / "source.tgz", lambda _line: None, context)
    finally:
        builder.close()


def _install(venv: Path, python: Path) -> None:
    uv, env = uv_program.command(), uv_program.environment()
    requirements = EXAMPLE / "requirements.txt"
    subprocess.run([*uv, "venv", "--quiet", "--python", python, venv], env=env, check=True)
    install = ("pip", "install", "--quiet", "--require-hashes", "--python", venv)
    subprocess.run([*uv, *install, "-r", requirements], env=env, check=True)


@contextmanager
def _cache(folder: Path) -> Iterator[None]:
    """Let both sides use an own cache of downloads."""
    before = os.environ.get("UV_CACHE_DIR")
    os.environ["UV_CACHE_DIR"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("UV_CACHE_DIR")
        if before is not None:
            os.environ["UV_CACHE_DIR"] = before
