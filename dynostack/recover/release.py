"""Release of the locks that killed engines left behind."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from dynostack.engine.locks import CLOUD, Lock, Owner
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.recover.errors import RecoverRefused

ATTRIBUTES = ".attrs"
"""The suffix of the file that the engine writes beside each file of a state folder."""
PROVIDERS = ("pulumi-resource-heroku", "dynostack.provider")
"""Parts of the command lines of both providers."""
PROVIDER_SECONDS = 15.0
PAUSE_SECONDS = 0.1


def refuse_owned(stack: str, locks: Collection[Lock], gone: Collection[str]) -> None:
    """Check that the engine that took each lock is gone.

    Args:
        stack: the stack's name.
        locks: the stack's locks.
        gone: the ids of locks whose engines the user confirms to be gone.

    Raises:
        RecoverRefused: an engine runs, or may run on another machine; or no lock has the id.
    """
    ids = [lock.id for lock in locks]
    if unknown := [each for each in gone if each not in ids]:
        found = ", ".join(ids) or "none"
        raise RecoverRefused(
            f"stack {stack} has no lock {', '.join(unknown)} (its locks: {found}); nothing was"
            " changed"
        )
    for lock in locks:
        if lock.owner is Owner.RUNNING or (lock.owner is Owner.ELSEWHERE and lock.id not in gone):
            others = "".join(f" --lock {each}" for each in ids if each != lock.id)
            add = f"\n      = it has another lock too: add{others} if its owner is gone"
            raise RecoverRefused(f"{lock}{add if others else ''}\nnothing was changed")


def release(
    runner: PulumiProcess, stack: str, locks: Collection[Lock], gone: Collection[str]
) -> None:
    """Release locks whose owners are gone.

    In a folder, delete only the files of these locks: an engine that starts at this moment keeps
    its lock.  In other backends the engine can only release all locks at once.  No engine takes a
    lock while another lock exists, so these are the locks found right before, unless another
    process releases them in between.

    Raises:
        RecoverRefused: the locks are not those that were found before.
        EngineFailed: the engine cannot release them.
    """
    if not locks:
        return
    refuse_owned(stack, locks, gone)
    if all(lock.file for lock in locks):
        for file in (lock.file for lock in locks if lock.file):
            file.unlink(missing_ok=True)
            file.with_name(f"{file.name}{ATTRIBUTES}").unlink(missing_ok=True)
        return
    now = runner.locks(stack)
    refuse_owned(stack, now, gone if now else ())
    if {lock.id for lock in now} - {lock.id for lock in locks}:
        raise RecoverRefused(
            f"another update of stack {stack} has just started; nothing was changed: wait until it"
            " ends, then run the same command again"
        )
    if now:
        _cancel(runner, stack)


def _cancel(runner: PulumiProcess, stack: str) -> None:
    try:
        runner.text("cancel", "--stack", stack, "--yes")
    except EngineFailed:
        # Pulumi Cloud itself ends an update whose engine has not reported for some minutes.
        if any(lock.id != CLOUD for lock in runner.locks(stack)):
            raise


def await_providers(project: Path) -> None:
    """Wait until the providers of killed engines end: they may still send requests to Heroku.

    dynostack's own provider ends two seconds after its engine.

    Raises:
        RecoverRefused: a provider does not end in time.
    """
    deadline = time.monotonic() + PROVIDER_SECONDS
    while left := list(_left(project)):
        if time.monotonic() > deadline:
            numbers = " ".join(map(str, left))
            raise RecoverRefused(
                f"a provider of the killed update still runs (process {numbers}); nothing was"
                f" changed\n      = run kill {numbers}, then run the same command again"
            )
        time.sleep(PAUSE_SECONDS)


def _left(project: Path) -> Iterator[int]:
    """Yield the process ids of a project's providers whose engine is gone."""
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            command = " ".join(process.info["cmdline"] or ())
            if any(name in command for name in PROVIDERS) and project.samefile(process.cwd()):
                parent = process.parent()
                if process.status() != psutil.STATUS_ZOMBIE and _is_other(parent):
                    yield process.pid


def _is_other(parent: psutil.Process | None) -> bool:
    """Return whether a provider's parent is neither an engine nor dynostack."""
    if parent is None or parent.status() == psutil.STATUS_ZOMBIE:
        return True
    command = " ".join(parent.cmdline())
    return "pulumi" not in parent.name() and "dynostack" not in command
