"""Time of a preview of the local stack, compared with a preview of an empty program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Comparison, in_turn
from tests.e2e.rehearsal import Rehearsal

EMPTY_PROJECT = """\
name: empty
runtime: {name: python, options: {virtualenv: .venv}}
"""


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare the times of both previews."""
    empty = empty_project(rehearsal)
    pulumi(rehearsal, empty, "stack", "init", "local", "--no-select")
    ours, theirs = in_turn(
        lambda: pulumi(rehearsal, rehearsal.directory, "preview", "-s", "local"),
        lambda: pulumi(rehearsal, empty, "preview", "-s", "local"),
        runs,
    )
    yield Comparison("pulumi preview", "s", "an empty Pulumi program", ours, theirs)


def empty_project(rehearsal: Rehearsal) -> Path:
    """Create a Pulumi project with an empty program."""
    project = rehearsal.directory.parent / "empty"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(EMPTY_PROJECT)
    (project / "__main__.py").write_text("")
    (project / ".venv").symlink_to((rehearsal.directory / ".venv").readlink())
    return project


def pulumi(rehearsal: Rehearsal, project: Path, *arguments: str) -> None:
    """Run the engine for a project; it must succeed."""
    subprocess.run(
        [rehearsal.world.pulumi, *arguments, "--non-interactive"],
        cwd=project,
        env={**os.environ, **rehearsal.world.variables()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
