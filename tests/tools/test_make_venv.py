"""Tests of the commands and messages of tools/make-venv, with a script in place of Python."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools/make-venv"

PYTHON = """#!/bin/sh
here=$(dirname "$0")
case "$*" in
    --version) echo "Python {version}" ;;
    *version_info*) exit {too_old} ;;
    *ensurepip*) exit {no_venv} ;;
    "-m venv --clear "*) echo venv >> {log}; mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    "-m pip "*) shift 4; echo "$*" >> {log}; echo "Collecting one"; echo "{pip_says}"; exit {pip} ;;
esac
"""


@dataclass
class Made:
    """The results of a run of the script."""

    done: subprocess.CompletedProcess[str]
    folder: Path
    calls: list[str]

    @property
    def sentence(self) -> str:
        (line,) = self.done.stderr.splitlines()
        return line


@dataclass
class Maker:
    """Runs the script with a fake Python of a given version."""

    folder: Path

    def run(
        self,
        *,
        version: str = "3.13.1",
        no_venv: bool = False,
        pip: int = 0,
        pip_says: str = "Successfully installed one",
    ) -> Made:
        log = self.folder / "calls"
        log.unlink(missing_ok=True)
        python = self.folder / "python3"
        python.write_text(
            PYTHON.format(
                version=version,
                too_old=int(tuple(map(int, version.split("."))) < (3, 11)),
                no_venv=int(no_venv),
                log=log,
                pip=pip,
                pip_says=pip_says,
            )
        )
        python.chmod(0o755)
        pins = self.folder / "pins.txt"
        pins.write_text("one==1.0 \\\n    --hash=sha256:00\n")
        command: list[str | Path] = [SCRIPT, ".venv", "pins.txt", str(python)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        calls = log.read_text().splitlines() if log.exists() else []
        return Made(done, self.folder / ".venv", calls)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def test_the_pins_are_installed_before_the_project(maker: Maker) -> None:
    made = maker.run()
    assert made.done.returncode == 0, made.done.stderr
    assert made.calls == [
        "venv",
        f"install --require-hashes -r {SCRIPT.parent}/pip.txt",
        "install --require-hashes -r pins.txt",
        "install --no-deps --no-build-isolation -e .",
    ]
    assert "Python 3.13.1" in made.done.stdout
    assert "installing 1 pinned packages" in made.done.stdout


def test_pip_is_pinned() -> None:
    lines = (SCRIPT.parent / "pip.txt").read_text().splitlines()
    pin, *hashes = (line for line in lines if not line.startswith("#"))
    assert re.fullmatch(r"pip==[0-9.]+ \\", pin)
    assert hashes
    assert all(re.match(r" +--hash=sha256:[0-9a-f]{64}", line) for line in hashes)


def test_an_environment_that_works_is_kept(maker: Maker) -> None:
    maker.run()
    assert "venv" not in maker.run().calls


def test_a_broken_environment_is_recreated(maker: Maker) -> None:
    folder = maker.run().folder
    (folder / "bin/python").write_text("#!/nowhere\n")
    assert "venv" in maker.run().calls


def test_python_too_old(maker: Maker) -> None:
    made = maker.run(version="3.10.9")
    assert made.done.returncode == 1
    needed = "Python 3.11 or newer is needed, but this machine has Python 3.10.9;"
    assert made.sentence.startswith(needed)
    assert not made.folder.exists()


def test_python_without_venv(maker: Maker) -> None:
    made = maker.run(no_venv=True)
    assert made.done.returncode == 1
    assert "apt-get install python3-venv" in made.sentence


def test_pip_that_fails(maker: Maker) -> None:
    made = maker.run(pip=1, pip_says="ERROR: no matching hash")
    assert made.done.returncode == 1
    assert "ERROR: no matching hash" in made.done.stdout
    assert made.sentence.endswith("see pip's output in .venv/pip.log")
    assert "Collecting one" in (made.folder / "pip.log").read_text()


def test_it_runs_in_a_posix_shell() -> None:
    shell = shutil.which("dash") or "/bin/sh"
    subprocess.run([shell, "-n", SCRIPT], check=True)
