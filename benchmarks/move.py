"""Downtime of a move of 200,000 rows, beside the same move by hand with pg_dump and pg_restore."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Comparison
from localheroku.addons.postgres.distribution import obtain
from tests.databases.stack import MovedStack
from tests.e2e.rehearsal import Rehearsal

ROWS = 200_000
RUNS = 3
"""At most: each run restores a snapshot first."""
DOWNTIME = re.compile(r"the downtime was ([\d.]+) s")
NEXT = "postgres-by-hand"


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Measure how long the site is down."""
    folder = rehearsal.directory.with_name("move")
    stack = MovedStack.create(folder / "shop", ROWS)
    try:
        pairs = [(_by_command(stack), _by_hand(stack)) for _ in range(min(runs, RUNS))]
    finally:
        stack.rehearsal.end()
    ours, theirs = map(list, zip(*pairs, strict=True))
    beside = "by hand with pg_dump and pg_restore"
    yield Comparison(f"downtime of a move of {ROWS:,} rows", "s", beside, ours, theirs)


def _by_command(stack: MovedStack) -> float:
    stack.begin()
    done = stack.move("--yes")
    found = DOWNTIME.search(done.output)
    if found is None:
        raise RuntimeError(done.output)
    return float(found[1])


def _by_hand(stack: MovedStack) -> float:
    """Move as a runbook does: stop, copy, promote and start, without a comparison."""
    stack.begin()
    addon = {
        "plan": "heroku-postgresql:standard-0",
        "name": NEXT,
        "config": {"version": "17"},
        "attachment": {"name": "NEXT"},
    }
    stack.heroku("POST", f"/apps/{stack.app}/addons", addon)
    variables = stack.heroku("GET", f"/apps/{stack.app}/config-vars")
    with _stopped(stack) as down:
        _copy(variables["DATABASE_URL"], variables["NEXT_URL"])
        for name in ("DATABASE", "REPORTS"):
            body = {"addon": NEXT, "app": stack.app, "name": name, "confirm": stack.app}
            stack.heroku("POST", "/addon-attachments", body)
    return time.perf_counter() - down


def _copy(source: str, target: str) -> None:
    programs = obtain("17").programs
    dump: list[str | Path] = [
        programs / "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-acl",
        source,
    ]
    restore: list[str | Path] = [
        programs / "pg_restore",
        "--no-owner",
        "--no-acl",
        f"--dbname={target}",
    ]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, stdin=dumping.stdout, check=True)


@contextmanager
def _stopped(stack: MovedStack) -> Iterator[float]:
    """Stop the app within the context, and wait for its site afterwards.

    Yields:
        When the downtime started.
    """
    app = f"/apps/{stack.app}"
    down = time.perf_counter()
    stack.heroku("PATCH", app, {"maintenance": True})
    _scale(stack, 0)
    while stack.dynos:
        time.sleep(0.1)
    yield down
    _scale(stack, 1)
    stack.heroku("PATCH", app, {"maintenance": False})
    while stack.rehearsal.page(stack.app)[0] != 200:
        time.sleep(0.1)


def _scale(stack: MovedStack, quantity: int) -> None:
    updates = [{"type": name, "quantity": quantity} for name in ("web", "worker")]
    stack.heroku("PATCH", f"/apps/{stack.app}/formation", {"updates": updates})
