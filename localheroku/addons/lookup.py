"""Servers behind add-ons, found among the processes of this machine.

They are identified by their command lines and folders, not by a stored process id: a local Heroku
that is killed stores nothing, and stored ids are lost together with their folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def processes(program: str, matches: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    """Yield the processes that run a program, that we may inspect, and that match."""
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == program and matches(process):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def working_in(programs: Iterable[str], folder: Path) -> psutil.Process | None:
    """Return the process of one of these programs that works in a folder, whoever started it."""
    return next(_working(programs, lambda one: one == folder), None)


def working_below(programs: Iterable[str], folder: Path) -> list[psutil.Process]:
    """Return the processes of these programs that work in folders directly below a folder."""
    return list(_working(programs, lambda one: one.parent == folder))


def _working(programs: Iterable[str], matches: Callable[[Path], bool]) -> Iterator[psutil.Process]:
    for program in programs:
        yield from processes(program, lambda one: matches(_working_folder(one)))


def _working_folder(process: psutil.Process) -> Path:
    return Path(process.cwd().removesuffix(" (deleted)"))


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
