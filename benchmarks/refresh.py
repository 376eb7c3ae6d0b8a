"""Number of API calls of a refresh of one app, two add-ons and three collaborators."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Comparison
from tests.e2e.rehearsal import Rehearsal

STACK = "refresh"
ENVIRONMENT = """\
config:
  shop:account: ops@acme.example
  shop:app: { name: acme-refresh, region: us, stack: heroku-24 }
  shop:postgres: { plan: essential-0 }
  shop:memcached: { service: memcachier, plan: dev }
  shop:collaborators:
    - email: one@acme.example
    - email: two@acme.example
    - email: three@acme.example
"""
PUBLISHED_CALLS = 13
"""The calls of pulumiverse_heroku 1.0.4 for the same stack, counted by this local Heroku."""


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Count the calls of one refresh."""
    (rehearsal.directory / f"Pulumi.{STACK}.yaml").write_text(ENVIRONMENT)
    for command in (("stack", "init", STACK, "--no-select"), ("up", "-s", STACK, "--yes")):
        done = rehearsal.pulumi(*command)
        if done.exit_code != 0:
            raise RuntimeError(done.output)
    before = len(rehearsal.calls())
    rehearsal.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview")
    calls = len(rehearsal.calls()) - before
    yield Comparison(
        "API calls of a refresh", "calls", "the published provider", [calls], [PUBLISHED_CALLS]
    )
