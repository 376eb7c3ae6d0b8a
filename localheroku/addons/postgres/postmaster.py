"""The process of a PostgreSQL server, identified by its data directory."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

import psutil

from localheroku.addons import lookup

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

NOTE = "postmaster.pid"
STOP_SECONDS = 20


def note(cluster: Path) -> list[str]:
    """Return the lines of the server's pid file: its process id first, its state last."""
    try:
        lines = (cluster / NOTE).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines]


def find(cluster: Path) -> psutil.Process | None:
    """Return the server that runs on the data directory, whoever started it."""
    return next(iter(find_all({cluster})), None)


def find_all(clusters: AbstractSet[Path]) -> list[psutil.Process]:
    """Return the servers that run on the data directories, whoever started them."""
    wanted = {str(cluster) for cluster in clusters}
    servers: dict[str, psutil.Process] = {}
    for process in lookup.processes("postgres", lambda one: not wanted.isdisjoint(one.cmdline())):
        with contextlib.suppress(psutil.NoSuchProcess):
            for cluster in wanted.intersection(process.cmdline()):
                # Its children have its command line until they set their own.
                first = min(servers.get(cluster, process), process, key=psutil.Process.create_time)
                servers[cluster] = first
    return list(servers.values())


def forget(cluster: Path) -> None:
    """Remove the pid file of a server that has ended.

    PostgreSQL does not start next to a pid file with the id of any process of its user, whatever
    that process is. A server and its children work in their data directory: while one of them is
    left, the file stays, and PostgreSQL itself checks whether their shared memory is in use.
    """
    if not any(lookup.processes("postgres", lambda one: one.cwd() == str(cluster))):
        (cluster / NOTE).unlink(missing_ok=True)


def end(process: psutil.Process) -> None:
    """Shut a server down cleanly, or else kill it."""
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
