"""The built package, and virtual environments in which it is installed with its extras."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("dynostack", "heroku_catalogue", "localheroku")
SOURCE = (*PACKAGES, "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
"""What the package is built from, and its pre-commit hook."""
MADE_BY_PYTHON = shutil.ignore_patterns("__pycache__", "*.egg-info")
OURS = ("PYTHON", "VIRTUAL_ENV", "PULUMI_", "HEROKU_", "DYNOSTACK_", "GIT_")
"""Variables with these prefixes belong to the tests' own Python, engine and repository."""


def copy_source(folder: Path) -> Path:
    """Copy the files that the package is built from; building writes beside them."""
    folder.mkdir()
    for name in SOURCE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=MADE_BY_PYTHON)
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def build(source: Path, out: Path, *options: str) -> Path:
    """Build distributions of a source with this Python's setuptools, and return the wheel.

    Without options, build an sdist and from that the wheel.
    """
    isolation = ("--no-build-isolation", "--python", sys.executable)
    run(UV, "build", "--quiet", *isolation, *options, "--out-dir", out, source)
    (wheel,) = out.glob("*.whl")
    return wheel


def run(*command: str | Path, cwd: Path = Path("/"), env: dict[str, str] | None = None) -> str:
    """Run a command that succeeds, and return its output."""
    done = subprocess.run(
        command, cwd=cwd, env=env or surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def surroundings() -> dict[str, str]:
    """Return this process's variables, without its Python, its engine and their folders on PATH."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    mine = str(Path(sys.executable).parent)
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != mine]
    return own | {"PATH": os.pathsep.join(path)}


@dataclass(frozen=True)
class Installed:
    """A virtual environment with nothing but the wheel and the requirements of some extras."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    """Additional environment variables of its commands."""

    @classmethod
    def of(cls, wheel: Path, folder: Path, extras: str = "") -> Installed:
        """Install a wheel with extras, such as `[local]`, in the pinned versions.

        uv links the files of packages that this machine has installed before.
        """
        run(UV, "venv", "--quiet", "--python", sys.executable, folder)
        installed = cls(folder)
        pins = ("--constraint", ROOT / "requirements.txt")
        package = f"dynostack{extras} @ {wheel.as_uri()}"
        python = ("--python", installed.python)
        run(UV, "pip", "install", "--quiet", *python, *pins, package)
        return installed

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    @property
    def program(self) -> Path:
        return self.folder / "bin/dynostack"

    def size(self) -> int:
        """Return the bytes of all its packages with their bytecode, which pip compiles."""
        (packages,) = self.folder.glob("lib/*/site-packages")
        run(self.python, "-m", "compileall", "-q", packages)
        return sum(file.stat().st_size for file in packages.rglob("*") if file.is_file())

    def run(self, project: Path, *arguments: str) -> str:
        """Run a `dynostack` command that succeeds, and return its output."""
        return run(self.program, *arguments, cwd=project, env=surroundings() | self.variables)

    def failed(self, project: Path, *arguments: str, code: int = 1) -> str:
        """Run a `dynostack` command that fails with an exit code, and return its message."""
        done = subprocess.run(
            [self.program, *arguments],
            cwd=project,
            env=surroundings() | self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, ""), done.stdout + done.stderr
        return done.stderr
