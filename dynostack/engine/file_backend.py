"""What a killed engine or a broken disk leaves in a folder's state.

That is its lock of the stack, half-written attributes, a state that nobody can read.  A state in a
service is the service's to tell.
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
    """A lock that an engine of this machine has, or had when it was killed."""

    stack: str
    process: int
    since: str
    held: bool
    """Whether the engine still runs."""

    def __str__(self) -> str:
        """What is, and what to write."""
        if self.held:
            return (
                f"stack {self.stack} is being updated since {self.since} (process {self.process})"
                "\n      = wait for its end, then the same command again"
            )
        return (
            f"stack {self.stack} is locked since {self.since} by an engine that was killed"
            f" (process {self.process}); nothing runs any more, and what it was at may be half done"
            f"\n      = write pulumi cancel --stack {self.stack} --yes"
            " in a shell of the same world, then the same command again"
        )


@dataclass(frozen=True)
class Damage:
    """A file of a stack's state that cannot be read."""

    file: Path
    reason: str
    backup: Path | None
    """The newest file that has an earlier state of the stack whole; None where there is none."""

    def __str__(self) -> str:
        """What is, and what to write."""
        damaged = f"the state file {self.file} is damaged: {self.reason}"
        if self.backup is None:
            return (
                f"{damaged}; no backup of it can be read"
                "\n      = restore the file from your own backups, then the same command again"
            )
        return (
            f"{damaged}; {self.backup} is an earlier state of the stack, without what the last"
            " updates made"
            f"\n      = write {shlex.join(['cp', str(self.backup), str(self.file)])}"
            ", then the same command again"
        )


@dataclass(frozen=True)
class StateFolder:
    """The folder that an engine keeps its stacks in."""

    path: Path

    @classmethod
    def of_engine(cls, variables: Mapping[str, str]) -> StateFolder | None:
        """The one that the engine's environment names; none where it names a service."""
        address = urlsplit(variables.get("PULUMI_BACKEND_URL", ""))
        if address.scheme != "file":
            return None
        return cls(Path(unquote(f"{address.netloc}{address.path}")).expanduser() / ".pulumi")

    def mend_attributes(self) -> None:
        """Remove the attributes that nothing can be read from.

        The engine writes those of a file in place, before the file: one that is killed between
        making and writing them leaves them empty, and from then on no command reads any stack
        ("failed to load checkpoint: EOF").  They say a media type and a digest that nobody asks
        for; a file without any is as good, also to an engine that is writing them.
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
            stack: whose state is asked for; any in the folder where empty, as for a list.
        """
        for file in sorted(self.path.glob(f"stacks/*/{glob.escape(stack) or '*'}.json")):
            reason = _fault(file)
            if reason and (not stack or file.parent.name == _name(project)):
                return Damage(file, reason, self._backup(file))
        return None

    def _backup(self, file: Path) -> Path | None:
        """Return the newest file that has an earlier state whole.

        Beside the state is the one before the last save; a folder has those before each update.
        https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/state.go
        """
        of_stack = f"backups/{file.parent.name}/{file.stem}/{glob.escape(file.stem)}.*.json"
        kept = sorted(self.path.glob(of_stack), reverse=True)
        candidates = (file.with_name(f"{file.name}.bak"), *kept)
        return next((each for each in candidates if each.exists() and not _fault(each)), None)

    def lock(self, project: Path, stack: str) -> Lock | None:
        """The lock of a stack; none where there is none, or an engine elsewhere has one.

        An engine takes it for the time of an update.  One that is killed cannot give it back, and
        from then on each engine is refused.
        https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/lock.go

        Args:
            project: the folder of Pulumi.yaml.
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
            # An engine that ends at this moment takes its lock away.
            with suppress(FileNotFoundError):
                yield json.loads(file.read_text("utf-8"))


def _name(project: Path) -> str:
    from dynostack.environment.schema import project_name

    return project_name(project)


def _fault(file: Path) -> str:
    """Return why a file is no state; empty where it is one, or was removed meanwhile."""
    try:
        state = json.loads(file.read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return "it is empty" if not file.stat().st_size else f"it is not JSON ({error})"
    return "" if isinstance(state, dict) else "it is not a state"


def _runs(process: int) -> bool:
    try:
        return ENGINE in psutil.Process(process).name()
    except psutil.NoSuchProcess:
        return False
