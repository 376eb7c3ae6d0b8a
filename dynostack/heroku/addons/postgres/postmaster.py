"""The process of a PostgreSQL server, known by its data directory."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psutil

from dynostack.heroku.addons import lookup

if TYPE_CHECKING:
    from pathlib import Path

STOP_SECONDS = 20


def note(cluster: Path) -> list[str]:
    """The lines the server writes of itself: its process id first, its state last."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines]


def find(cluster: Path) -> psutil.Process | None:
    """The server that runs there, whoever started it."""
    found = lookup.processes("postgres", lambda one: str(cluster) in one.cmdline())
    # Its children look like it until they have named themselves.
    return min(found, key=lambda one: float(one.info["create_time"]), default=None)


def end(process: psutil.Process) -> None:
    """Stop a server in good order, or at least stop it."""
    # SIGINT is PostgreSQL's fast shutdown: it ends connections and writes everything out.
    for number in (signal.SIGINT, signal.SIGQUIT):
        try:
            process.send_signal(number)
            process.wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return
