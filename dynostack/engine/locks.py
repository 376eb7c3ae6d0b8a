"""Locks of stacks: who holds one, and whether that engine still runs.

An engine holds a lock during an update.  An engine that is killed cannot release it, and from then
on every other engine refuses to work.
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/lock.go
"""

from __future__ import annotations

import json
import os
import pwd
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dynostack.engine.advice import recover_command

ENGINE = "pulumi"
CLOUD = "pulumi-cloud"
"""The id that dynostack gives to the one lock of a stack in Pulumi Cloud, which has no id."""

_ADVICE = "delete the lock file with `pulumi cancel`"
_CREATED_BY = re.compile(
    r"^\s+\S.*?/(?P<id>[^/?]+)\.json(?:\?\S*)?: created by (?P<user>.*)@(?P<host>[^@\s]*)"
    r" \(pid (?P<process>\d+)\) at (?P<since>\S+)$",
    re.MULTILINE,
)


class Owner(StrEnum):
    """Whether the engine that took a lock still runs, as far as this machine can see."""

    RUNNING = "running"
    GONE = "gone"
    ELSEWHERE = "elsewhere"
    """The engine is unknown or on another machine, so this machine cannot see whether it runs."""


@dataclass(frozen=True)
class Lock:
    """The lock of one engine on a stack."""

    stack: str
    id: str
    user: str
    host: str
    process: int
    since: str
    """When the update started, as the engine wrote it."""
    file: Path | None = None
    """The lock itself, if the state is in a folder."""

    @classmethod
    def of_document(cls, stack: str, file: Path, document: Mapping[str, Any]) -> Lock:
        """Return the lock that a file describes."""
        names = ("username", "hostname", "pid", "timestamp")
        user, host, process, since = (document[name] for name in names)
        if int(process) < 1:
            raise ValueError(process)
        return cls(stack, file.stem, str(user), str(host), int(process), str(since), file)

    @property
    def owner(self) -> Owner:
        """Check now whether the engine that took the lock still runs."""
        if self.host != socket.gethostname():
            return Owner.ELSEWHERE
        if _runs(self.process):
            return Owner.RUNNING
        # A service stores the locks of many machines, and two may have the same host name.
        is_ours = self.file is not None or self.user == _user()
        return Owner.GONE if is_ours else Owner.ELSEWHERE

    @property
    def held(self) -> bool:
        """Return whether the engine that took the lock is known to run."""
        return self.owner is Owner.RUNNING

    @property
    def holder(self) -> str:
        """Return who took the lock, and when."""
        since = re.sub(r"(:\d\d)\.\d+", r"\1", self.since)
        if self.id == CLOUD:
            return "by Pulumi Cloud for an update in progress"
        if not self.host:
            return "by an unknown engine (the lock file is damaged)"
        return f"since {since} by {self.user}@{self.host} (process {self.process})"

    def __str__(self) -> str:
        """Return the problem, and what to do in a shell with the stack's backend."""
        return self.explained()

    def explained(self, entering: str = "") -> str:
        """Return the problem and what to do.

        Args:
            entering: the command to set up the shell for the stack's backend; empty if not needed.
        """
        match self.owner:
            case Owner.RUNNING:
                return (
                    f"an update of stack {self.stack} has been running {self.holder}"
                    "\n      = wait until the update ends, then run the same command again"
                )
            case Owner.GONE:
                return (
                    f"stack {self.stack} has been locked {self.holder}; that engine was"
                    " killed, and its update may be incomplete"
                    f"\n      = run {recover_command(self.stack, entering)};"
                    " then run the same command again"
                )
            case Owner.ELSEWHERE:
                known = ("--lock", self.id, "--owner-is-gone")
                return (
                    f"stack {self.stack} has been locked {self.holder}; this machine cannot see"
                    " whether it still runs\n      = wait until the update ends; if it was killed,"
                    f" run {recover_command(self.stack, entering, *known)}"
                )


def first(locks: Iterable[Lock]) -> Lock | None:
    """Return the most important lock: of a running engine, else of another machine, else any."""
    order = [Owner.RUNNING, Owner.ELSEWHERE, Owner.GONE]
    return min(locks, key=lambda lock: order.index(lock.owner), default=None)


def with_our_advice(stack: str, text: str) -> str:
    """Return an engine's error, with `dynostack recover` in place of `pulumi cancel`."""
    return text.replace(_ADVICE, f"run `{recover_command(stack)}`")


def locks_in(stack: str, text: str) -> Iterator[Lock]:
    """Yield the locks that an engine's error message names.

    The engine writes the same message for each backend that is a folder, a bucket or a table.
    """
    for match in _CREATED_BY.finditer(text):
        user, host, since = match["user"], match["host"], match["since"]
        yield Lock(stack, match["id"], user, host, int(match["process"]), since)


def locks_below(folder: Path, project: str, stack: str) -> Iterator[Lock]:
    """Yield the locks of a stack whose state is in a folder.

    Args:
        folder: the folder `.pulumi` of the backend.
        project: the project's name.
        stack: the stack's name.
    """
    for file in sorted(folder.glob(f"locks/organization/{project}/{stack}/*.json")):
        try:
            yield Lock.of_document(stack, file, json.loads(file.read_bytes()))
        except FileNotFoundError:
            # An engine that ends at this moment removes its lock.
            continue
        except (KeyError, TypeError, ValueError):
            # Engines write a lock completely or not at all, so something else damaged it.
            yield Lock(stack, file.stem, "", "", 0, "", file)


def _runs(process: int) -> bool:
    """Return whether a process is a running engine; a zombie has already ended."""
    import psutil  # late: the extra `pulumi` brings it, and every command imports this module

    try:
        found = psutil.Process(process)
        return ENGINE in found.name() and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return _is_hidden(process)
    except psutil.AccessDenied:
        return True


def _is_hidden(process: int) -> bool:
    """Return whether a process of another user is there that this user cannot see.

    https://docs.kernel.org/filesystems/proc.html#mount-options (hidepid)
    """
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def _user() -> str:
    """Return the name of this user, as an engine writes it into its lock."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
