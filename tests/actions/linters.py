"""actionlint and zizmor, each pinned with its digests and installed into the user's cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from localheroku.core.cache import Cache, cache_directory

HERE = Path(__file__).parent
MODULE = HERE / "actionlint"
"""The Go module whose go.mod and go.sum pin actionlint and its dependencies."""
PINS = HERE / "zizmor.txt"


def actionlint(root: Path, *arguments: str) -> str:
    """Return what actionlint finds in the workflows of a repository."""
    program = _entry("actionlint", MODULE / "go.sum", _build_actionlint) / "actionlint"
    return _findings(root, program, "-no-color", *arguments)


def zizmor(root: Path, *inputs: str) -> str:
    """Return what zizmor finds, without the network, in workflows and actions."""
    program = _entry("zizmor", PINS, _install_zizmor) / "bin/zizmor"
    return _findings(root, program, "--offline", "--quiet", "--color=never", *inputs)


def _entry(name: str, pins: Path, make: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    return Cache(cache_directory()).made(f"{name}-{digest}", make, print)


def _build_actionlint(entry: Path) -> None:
    package = "github.com/rhysd/actionlint/cmd/actionlint"
    build = ("go", "build", "-trimpath", "-mod=readonly", "-o", str(entry / "actionlint"), package)
    _run(*build, cwd=MODULE)


def _install_zizmor(entry: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*pip, "--target", str(entry), "--require-hashes", "--requirement", str(PINS), cwd=entry)


def _run(*command: str, cwd: Path) -> None:
    # A go.work above the repository would replace the pins.
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _findings(root: Path, program: Path, *arguments: str) -> str:
    """Run a linter that succeeds if it finds nothing, and return its output."""
    done = subprocess.run(
        [program, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    output = done.stdout + done.stderr
    assert output or done.returncode == 0, f"{program} ended with {done.returncode}"
    return output if done.returncode else ""
