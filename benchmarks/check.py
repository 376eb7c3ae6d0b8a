"""Cost of `dynostack check`: for four stacks, for a thousand, and within a preview."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Comparison
from tests.e2e.rehearsal import Rehearsal

MANY = 1000
IMPORT_PYDANTIC = "import pydantic"
COMPOSE_YAML = """
import pathlib, yaml
for file in pathlib.Path().glob("Pulumi.*.yaml"):
    yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader)
"""
LONG, LONGER = 7_500, 60_000
"""Lengths of a value in a file, in characters."""

WITHIN_A_PROGRAM = """
import pulumi, time
start = time.perf_counter()
from dynostack.environment import examine
ready = time.perf_counter()
assert examine("prod").environment
print(ready - start, time.perf_counter() - ready)
"""
LAUNCHER = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
program = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(program, 0)
seconds = time.perf_counter() - start
print(seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
"""A small process that starts the measured program, whose peak memory includes its parent's."""

BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Usage:
    """The time and memory of one run of a program."""

    seconds: float
    megabytes: float
    """The program's peak memory."""


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare each kind of check with a program that does only the minimum of it."""
    four = project(rehearsal, "four", 4)
    name, beside = "dynostack check, 4 stacks, cold", 'python -c "import pydantic"'
    ours, theirs = side_by_side(rehearsal, four, IMPORT_PYDANTIC, runs)
    yield Comparison(name, "s", beside, seconds(ours), seconds(theirs))
    yield Comparison(f"{name}, memory", "MB", beside, megabytes(ours), megabytes(theirs))

    thousand = project(rehearsal, "thousand", MANY)
    name, beside = f"dynostack check, {MANY:,} stacks", "libyaml alone composing them"
    ours, theirs = side_by_side(rehearsal, thousand, COMPOSE_YAML, max(1, runs // 3))
    yield Comparison(name, "files/s", beside, rate(ours), rate(theirs))
    yield Comparison(f"{name}, memory", "MB", beside, megabytes(ours), megabytes(theirs))

    yield from long_values(rehearsal, runs)
    yield from shares_of_a_preview(rehearsal, runs)


def long_values(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare a long value with one that is eight times as long, for each kind of text."""
    command = f"{rehearsal.directory}/.venv/bin/dynostack", "check"
    for kind, unit in {"digits": "7", "addresses": "a://", "tokens": "eyJ-", "braces": "{"}.items():
        folders = [
            project_with_value(rehearsal, f"{kind}-{length}", (unit * length)[:length])
            for length in (LONG, LONGER)
        ]
        usages = [[use(folder, *command) for folder in folders] for _ in range(runs)]
        name, beside = f"dynostack check, {LONGER:,} {kind}", f"{LONG:,} {kind}"
        longer, long = [pair[1] for pair in usages], [pair[0] for pair in usages]
        yield Comparison(name, "s", beside, seconds(longer), seconds(long))


def project_with_value(rehearsal: Rehearsal, name: str, value: str) -> Path:
    """Create a project with one stack that has a long config var."""
    directory = project(rehearsal, name, 1)
    file = directory / "Pulumi.s0.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("    configVars:\n", f"    configVars:\n      LONG: '{value}'\n"))
    return directory


def side_by_side(
    rehearsal: Rehearsal, directory: Path, beside: str, runs: int
) -> tuple[list[Usage], list[Usage]]:
    """Measure both programs alternately, so that changes of the machine's speed affect both.

    Each has one warm-up run.
    """
    binaries = rehearsal.directory / ".venv" / "bin"
    ours, theirs = (f"{binaries}/dynostack", "check"), (f"{binaries}/python", "-c", beside)
    pairs = [(use(directory, *ours), use(directory, *theirs)) for _ in range(runs + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def use(directory: Path, *command: str) -> Usage:
    """Run a program, which must succeed, and return its time and memory."""
    launched = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak, exit_code = launched.stdout.split()
    if exit_code != "0":
        raise RuntimeError(f"{command} ended with {exit_code}")
    return Usage(float(seconds), int(peak) * BYTES_OF_MAXRSS / 1_000_000)


def project(rehearsal: Rehearsal, name: str, stacks: int) -> Path:
    """Create a project like the rehearsed one with several stacks, each with its own app."""
    directory = rehearsal.directory.parent / name
    shutil.copytree(rehearsal.directory / "examples", directory / "examples")
    shutil.copy(rehearsal.directory / "Pulumi.yaml", directory)
    text = (rehearsal.directory / "Pulumi.local.yaml").read_text("utf-8")
    for number in range(stacks):
        copied = text.replace("name: acme-shop-local", f"name: acme-shop-{number}")
        (directory / f"Pulumi.s{number}.yaml").write_text(copied)
    return directory


def shares_of_a_preview(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Measure the seconds that the check and its imports add to a preview."""
    python = rehearsal.directory / ".venv" / "bin" / "python"
    imports, checks, previews = [], [], []
    for _ in range(runs):
        done = subprocess.run(
            [python, "-c", WITHIN_A_PROGRAM],
            cwd=rehearsal.directory,
            capture_output=True,
            text=True,
            check=True,
        )
        imported, checked = map(float, done.stdout.split())
        imports.append(imported)
        checks.append(checked)
        start = time.perf_counter()
        rehearsal.pulumi("preview", "-s", "local")
        previews.append(time.perf_counter() - start)
    yield Comparison("the check within a preview", "s", "the whole preview", checks, previews)
    yield Comparison("its imports", "s", "the whole preview", imports, previews)


def seconds(usages: list[Usage]) -> list[float]:
    """Return the times in seconds."""
    return [usage.seconds for usage in usages]


def megabytes(usages: list[Usage]) -> list[float]:
    """Return the peak memory in megabytes."""
    return [usage.megabytes for usage in usages]


def rate(usages: list[Usage]) -> list[float]:
    """Return the files that were checked per second."""
    return [MANY / usage.seconds for usage in usages]
