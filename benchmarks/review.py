"""Time of a review compared with a preview, and time to render a review of 500 changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Comparison, in_turn
from benchmarks.preview import pulumi
from dynostack.review.command import FORMATS
from dynostack.review.model import Review
from dynostack.review.policies import LIBRARY
from dynostack.review.render import json
from tests.e2e.rehearsal import PROJECT, Rehearsal

STACK = "crowd"
PEOPLE = 500
ENVIRONMENT = """\
config:
  shop:account: ops@acme.example
  shop:app: { name: acme-crowd, region: us, stack: heroku-24 }
  shop:collaborators:
"""


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare rendering in all formats with JSON, and reviews with previews."""
    yield rendering(rehearsal, runs)
    bare = ("preview", "-s", "local")
    alike = (*bare, "--json", "--refresh", "--policy-pack", str(LIBRARY))
    for beside, arguments in (
        ("pulumi preview", bare),
        ("pulumi preview --refresh with the policies", alike),
    ):
        yield reviewing(rehearsal, runs, beside, arguments)


def rendering(rehearsal: Rehearsal, runs: int) -> Comparison:
    """Compare rendering in every format with rendering in JSON, the simplest one."""
    review = review_of_a_crowd(rehearsal)
    ours, theirs = in_turn(
        lambda: [render(review) for render in FORMATS.values()],
        lambda: json.render(review),
        runs,
    )
    changes = f"{len(review.changes)} changes in {len(FORMATS)} formats"
    return Comparison(f"rendering {changes}", "s", "JSON alone", ours, theirs)


def reviewing(
    rehearsal: Rehearsal, runs: int, beside: str, arguments: tuple[str, ...]
) -> Comparison:
    """Compare the whole command with the engine alone, both in the local environment."""
    ours, theirs = in_turn(
        lambda: dynostack(rehearsal, "review", "local"),
        lambda: pulumi(rehearsal, rehearsal.directory, *arguments),
        runs,
    )
    return Comparison("dynostack review", "s", beside, ours, theirs)


def review_of_a_crowd(rehearsal: Rehearsal) -> Review:
    """Return the review of a stack with 500 collaborators."""
    people = "".join(f"    - email: person{number}@acme.example\n" for number in range(PEOPLE))
    (rehearsal.directory / f"Pulumi.{STACK}.yaml").write_text(ENVIRONMENT + people)
    pulumi(rehearsal, rehearsal.directory, "stack", "init", STACK, "--no-select")
    file = rehearsal.directory / "review.json"
    dynostack(rehearsal, "review", STACK, "--format", "json", "--out", str(file))
    return json.parse(file.read_text())


def dynostack(rehearsal: Rehearsal, *arguments: str) -> None:
    """Run dynostack in the local environment; it must succeed."""
    subprocess.run(
        [Path(PROJECT, ".venv/bin/dynostack"), *arguments],
        cwd=rehearsal.directory,
        env=rehearsal.world.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
