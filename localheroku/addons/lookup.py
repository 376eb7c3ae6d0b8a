"""Servers behind add-ons, found among the processes of this machine.

They are identified by their command lines and folders, not by a stored process id: a local Heroku
that is killed stores nothing, and stored ids are lost together with their folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def processes(program: str, matches: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    """Yield the processes that run a program, that we may inspect, and that match."""
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == program and matches(process):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def is_running(process: psutil.Process | None) -> bool:
    """Return whether the process runs; our own ended child is a zombie until it is reaped."""
    try:
        return (
            process is not None
            and process.is_running()
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False
