"""Servers behind add-ons, found among the processes of this machine.

By what they were started with and not by a note of their process id: a local Heroku that is killed
writes no notes, and notes get lost with the folder that they lie in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def processes(program: str, matches: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    """Those that run a program, are ours to look at, and match."""
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == program and matches(process):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def is_running(process: psutil.Process | None) -> bool:
    """Whether it runs; a child of ours that ended stays in the process table until collected."""
    try:
        return (
            process is not None
            and process.is_running()
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False
