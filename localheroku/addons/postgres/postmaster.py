"""The process of a PostgreSQL server, known by its data directory."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psutil

from localheroku.addons import lookup

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "postmaster.pid"
STOP_SECONDS = 20


def note(cluster: Path) -> list[str]:
    """The lines the server writes of itself: its process id first, its state last."""
    try:
        lines = (cluster / NOTE).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines]


def find(cluster: Path) -> psutil.Process | None:
    """The server that runs there, whoever started it."""
    found = lookup.processes("postgres", lambda one: str(cluster) in one.cmdline())
    # Its children look like it until they have named themselves.
    return min(found, key=psutil.Process.create_time, default=None)


def forget(cluster: Path) -> None:
    """Remove the note of a server that is gone.

    PostgreSQL does not start beside a note with the number of any process of its user, whatever
    that one is.  A server and its children work in their data directory: while one is left, the
    note stays, and PostgreSQL itself looks whether their shared memory is in use.
    """
    if not any(lookup.processes("postgres", lambda one: one.cwd() == str(cluster))):
        (cluster / NOTE).unlink(missing_ok=True)


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
