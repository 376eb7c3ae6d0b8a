"""Programs from npm that tests drive, pinned by a lock file that names each package's digest."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from dynostack.toolchain.cache import Cache
from dynostack.toolchain.machine import cache_directory
from dynostack.toolchain.progress import Lines


def installed(name: str, folder: Path) -> Path:
    """`node_modules` with what the folder's lock file pins; from the user's cache the next time.

    Skips the test where Node.js or npm is missing.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH; {name} needs it")
    lock = folder / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    cache = Cache(cache_directory())
    entry = cache.made(f"{name}-{digest}", lambda entry: _install(folder, entry), Lines(print))
    return entry / "node_modules"


def _install(pins: Path, entry: Path) -> None:
    """npm checks each package's digest against the lock file."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(pins / name, entry)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=entry,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
