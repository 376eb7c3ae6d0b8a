"""The process of a PostgreSQL server, known by its data directory."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psutil

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
    lines = note(cluster)
    try:
        process = psutil.Process(int(lines[0])) if lines else None
        return process if process and str(cluster) in process.cmdline() else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def lives(process: psutil.Process | None) -> bool:
    """Whether it runs; a child of ours that ended stays in the process table until collected."""
    try:
        return process is not None and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


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
