"""Detection and repair of damage to a state folder by a killed engine or a broken disk.

This can be the lock of a stack, half-written attributes, or a state file that cannot be read.  If
a service stores the state, the service itself reports such problems.
"""

from __future__ import annotations

import glob
import json
import shlex
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

ENGINE = "pulumi"


@dataclass(frozen=True)
class Lock:
    """A lock that an engine on this machine holds, or held when it was killed."""

    stack: str
    process: int
    since: str
    held: bool
    """Whether the engine is still running."""

    def __str__(self) -> str:
        """Return the problem and what to do."""
        if self.held:
            return (
                f"an update of stack {self.stack} has been running since {self.since}"
                f" (process {self.process})"
                "\n      = wait until the update ends, then run the same command again"
            )
        return (
            f"stack {self.stack} has been locked since {self.since} by an engine that was killed"
            f" (process {self.process}); its update may be incomplete"
            f"\n      = run pulumi cancel --stack {self.stack} --yes"
            " in a shell with the same Pulumi backend, then the same command again"
        )


@dataclass(frozen=True)
class Damage:
    """A file of a stack's state that cannot be read."""

    file: Path
    reason: str
    backup: Path | None
    """The newest readable file with an earlier state of the stack; None if there is none."""

    def __str__(self) -> str:
        """Return the problem and what to do."""
        damaged = f"the state file {self.file} is damaged: {self.reason}"
        if self.backup is None:
            return (
                f"{damaged}; it has no readable backup"
                "\n      = restore the file from your own backups, then run the same command again"
            )
        return (
            f"{damaged}; {self.backup} is an earlier state of the stack, without the changes of the"
            " last updates"
            f"\n      = run {shlex.join(['cp', str(self.backup), str(self.file)])}"
            ", then the same command again"
        )


@dataclass(frozen=True)
class StateFolder:
    """The folder in which an engine keeps its stacks."""

    path: Path

    @classmethod
    def of_engine(cls, variables: Mapping[str, str]) -> StateFolder | None:
        """Return the folder that the engine's environment names; None if it names a service."""
        address = urlsplit(variables.get("PULUMI_BACKEND_URL", ""))
        if address.scheme != "file":
            return None
        return cls.below(Path(unquote(f"{address.netloc}{address.path}")).expanduser())

    @classmethod
    def below(cls, backend: Path) -> StateFolder:
        """Return the folder that the engine keeps in the folder of a file:// address."""
        return cls(backend / ".pulumi")

    def stacks(self, project: Path) -> set[str]:
        """Return the project's stacks that `pulumi stack ls` would list.

        Args:
            project: the folder of Pulumi.yaml.
        """
        files = (self.path / "stacks" / _name(project)).glob("*.json*")
        names = (file.name.removesuffix(".gz") for file in files)
        return {name.removesuffix(".json") for name in names if name.endswith(".json")}

    def repair_attributes(self) -> None:
        """Remove attributes files that cannot be read.

        The engine writes the attributes of a file in place, before the file.  If it is killed
        between creating and writing them, they stay empty, and from then on no command can read
        any stack ("failed to load checkpoint: EOF").  They hold a media type and a digest that
        nothing reads; a file without attributes works as well, also for an engine that is writing
        them.
        https://github.com/google/go-cloud/blob/v0.46.0/blob/fileblob/attrs.go
        """
        for file in self.path.glob("stacks/*/*.attrs"):
            try:
                json.loads(file.read_bytes())
            except FileNotFoundError:
                continue
            except ValueError:
                file.unlink(missing_ok=True)

    def damage(self, project: Path, stack: str = "") -> Damage | None:
        """Return the first state file that cannot be read.

        The engine names neither the file nor its backup: "place 1: unexpected end of JSON input".

        Args:
            project: the folder of Pulumi.yaml.
            stack: the stack whose state to check; empty for all stacks in the folder.
        """
        for file in sorted(self.path.glob(f"stacks/*/{glob.escape(stack) or '*'}.json")):
            reason = _fault(file)
            if reason and (not stack or file.parent.name == _name(project)):
                return Damage(file, reason, self._backup(file))
        return None

    def _backup(self, file: Path) -> Path | None:
        """Return the newest readable file with an earlier state.

        The state before the last save is beside the state file; the folder of backups has the
        states before each update.
        https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/state.go
        """
        of_stack = f"backups/{file.parent.name}/{file.stem}/{glob.escape(file.stem)}.*.json"
        kept = sorted(self.path.glob(of_stack), reverse=True)
        candidates = (file.with_name(f"{file.name}.bak"), *kept)
        return next((each for each in candidates if each.exists() and not _fault(each)), None)

    def lock(self, project: Path, stack: str) -> Lock | None:
        """Return the lock of a stack; None if it is not locked, or locked by another machine.

        An engine holds the lock during an update.  An engine that is killed cannot release it, and
        from then on every other engine refuses to work.
        https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/lock.go

        Args:
            project: the folder of Pulumi.yaml.
            stack: the name of the stack.
        """
        locks = list(self._locks(project, stack))
        if not locks or any(lock["hostname"] != socket.gethostname() for lock in locks):
            return None
        held = [lock for lock in locks if _runs(lock["pid"])]
        shown = (held or locks)[0]
        since = str(shown["timestamp"]).partition(".")[0]
        return Lock(stack, shown["pid"], since, held=bool(held))

    def _locks(self, project: Path, stack: str) -> Iterator[dict[str, Any]]:
        files = sorted(self.path.glob(f"locks/organization/*/{stack}/*.json"))
        if files:
            name = _name(project)
            files = [file for file in files if file.parent.parent.name == name]
        for file in files:
            # An engine that ends at this moment removes its lock.
            with suppress(FileNotFoundError):
                yield json.loads(file.read_text("utf-8"))


def _name(project: Path) -> str:
    from dynostack.environment.schema import project_name

    return project_name(project)


def _fault(file: Path) -> str:
    """Return why a file is not a valid state; empty if it is valid, or has just been removed."""
    try:
        state = json.loads(file.read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return "it is empty" if not file.stat().st_size else f"it is not JSON ({error})"
    return "" if isinstance(state, dict) else "it is not a JSON object"


def _runs(process: int) -> bool:
    try:
        return ENGINE in psutil.Process(process).name()
    except psutil.NoSuchProcess:
        return False
