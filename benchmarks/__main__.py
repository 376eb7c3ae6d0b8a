"""`make bench`: the speed and memory of dynostack, compared with other programs in one run."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks import build, check, fleet, local_heroku, move, preview, refresh, review
from benchmarks.measure import Comparison
from tests.e2e.rehearsal import Rehearsal

BENCHMARKS: tuple[Callable[[Rehearsal, int], Iterator[Comparison]], ...] = (
    check.measure,
    preview.measure,
    refresh.measure,
    review.measure,
    local_heroku.measure,
    move.measure,
    build.measure,
    fleet.measure,
)


@click.command()
@click.option("--runs", default=7, show_default=True, help="Measured runs of each side.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format of the results.",
)
def main(runs: int, style: str) -> None:
    """Run all benchmarks in a separate local environment.

    With --format json, the lines of text go to standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(Path(folder) / "shop")
        with_policies(rehearsal)
        try:
            done = rehearsal.dynostack("up")
            if done.exit_code != 0:
                raise click.ClickException(done.output)
            comparisons = []
            for measure in BENCHMARKS:
                for comparison in measure(rehearsal, runs):
                    comparisons.append(comparison)
                    click.echo(describe(comparison), err=style == "json")
        finally:
            rehearsal.end()
    if style == "json":
        click.echo(json.dumps([asdict(each) for each in comparisons], indent=2))


def with_policies(rehearsal: Rehearsal) -> None:
    """Let reviews of the stack enforce the policies, as for production."""
    last = "encryptionsalt:"
    rehearsal.edit("Pulumi.local.yaml", last, f"  shop:review: {{policies: true}}\n{last}")


def describe(comparison: Comparison) -> str:
    """Return the medians of a comparison as a line of text."""
    ours, theirs = statistics.median(comparison.ours), statistics.median(comparison.theirs)
    return (
        f"{comparison.name}: {ours:.2f} {comparison.unit} against {theirs:.2f} {comparison.unit} "
        f"({comparison.beside}), ratio {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()
