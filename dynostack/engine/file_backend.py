"""Detection and repair of damage to a state folder by a killed engine or a broken disk.

The damage can be a leftover lock, half-written attributes, or an unreadable state file.  If a
service stores the state, the service itself reports such problems.
"""

from __future__ import annotations

import glob
import gzip
import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dynostack.engine.advice import recover_command
from dynostack.engine.backend import backend_address
from dynostack.engine.locks import Lock, locks_below
from dynostack.engine.pending import operation_title

DAMAGED = ".damaged"
"""The suffix of the copy of a damaged state file that a backup has replaced."""


@dataclass(frozen=True)
class Damage:
    """A state file that cannot be read, or that has the state of another stack."""

    file: Path
    reason: str
    backup: Path | None
    """The newest readable file with an earlier state of the stack; None if there is none."""
    is_foreign: bool = False
    """Whether the file is readable, but has the state of another stack."""

    @property
    def stack(self) -> str:
        """Return the name of the stack."""
        return self.file.stem

    @property
    def problem(self) -> str:
        """Return which file is damaged, and why."""
        return f"the state file {self.file} is damaged: {self.reason}"

    def __str__(self) -> str:
        """Return the problem, and what to do in a shell with the stack's backend."""
        return self.explained()

    def explained(self, entering: str = "") -> str:
        """Return the problem and what to do.

        Args:
            entering: the command to set up the shell for the stack's backend; empty if not needed.
        """
        if self.is_foreign or self.backup is None:
            backup = "" if self.is_foreign else "; it has no readable backup"
            return (
                f"{self.problem}{backup}"
                "\n      = restore the file from your own backups, then run the same command again"
            )
        return (
            f"{self.problem}; {self.backup} is an earlier state of the stack, without the changes"
            f" of the last updates\n      = in project {self.file.parent.name}, run"
            f" {recover_command(self.stack, entering)}; then run the same command again"
        )

    def restore(self) -> None:
        """Replace the damaged file with its backup, and keep a copy of it beside the new file."""
        if self.backup is None:
            return
        new = self.file.with_name(f"{self.file.name}.new")
        shutil.copyfile(self.backup, new)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        shutil.copyfile(self.file, self.file.with_name(f"{self.file.name}{DAMAGED}"))
        new.replace(self.file)


@dataclass(frozen=True)
class StateFolder:
    """The folder in which an engine keeps its stacks."""

    path: Path

    @classmethod
    def of_engine(cls, project: Path, variables: Mapping[str, str]) -> StateFolder | None:
        """Return the folder that an engine would use; None if a service stores the state.

        Args:
            project: the folder of Pulumi.yaml.
            variables: the engine's environment variables.
        """
        address = urlsplit(backend_address(project, variables))
        if address.scheme != "file":
            return None
        return cls.below(project / Path(unquote(f"{address.netloc}{address.path}")).expanduser())

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
        """Return the first damaged state file; None if there is none.

        The engine names neither the file nor its backup: "place 1: unexpected end of JSON input".

        Args:
            project: the folder of Pulumi.yaml.
            stack: the stack whose state to check; empty for all stacks in the folder.
        """
        owner, name = _owner(project, stack)
        for file in sorted(self.path.glob(f"stacks/*/{glob.escape(name) or '*'}.json")):
            reason = _fault(file)
            foreign = "" if reason else _foreign(file)
            if (reason or foreign) and (not stack or file.parent.name == owner):
                return Damage(file, reason or foreign, self._backup(file), is_foreign=bool(foreign))
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
        owner = (file.parent.name, file.stem)
        return next(
            (
                each
                for each in candidates
                if each.exists() and not _fault(each) and not _foreign(each, owner)
            ),
            None,
        )

    def locks(self, project: Path, stack: str) -> tuple[Lock, ...]:
        """Return the locks of a stack.

        Args:
            project: the folder of Pulumi.yaml.
            stack: the name of the stack.
        """
        name = stack.rpartition("/")[2]
        if not any(self.path.glob(f"locks/organization/*/{glob.escape(name)}/*.json")):
            return ()
        return tuple(locks_below(self.path, *_owner(project, stack)))

    def restored(self, project: Path, stack: str) -> datetime | None:
        """Return when a stack's state was last replaced by a backup; None if it never was.

        Args:
            project: the folder of Pulumi.yaml.
            stack: the name of the stack.
        """
        owner, name = _owner(project, stack)
        damaged = self.path / "stacks" / owner / f"{name}.json{DAMAGED}"
        if not damaged.exists():
            return None
        return datetime.fromtimestamp(damaged.stat().st_mtime, UTC)

    def pending(self, project: Path, stack: str) -> list[str]:
        """Return the titles of the interrupted operations, such as `creating postgres`.

        Args:
            project: the folder of Pulumi.yaml.
            stack: the name of the stack.
        """
        latest = (self.exported(project, stack) or {}).get("deployment", {})
        return [operation_title(each) for each in latest.get("pending_operations") or ()]

    def exported(self, project: Path, stack: str) -> dict[str, Any] | None:
        """Return a stack's state as `pulumi stack export` prints it.

        Args:
            project: the folder of Pulumi.yaml.
            stack: the name of the stack.

        Returns:
            The state, whose deployment is empty before the first update; None if there is no state
            or it cannot be read.
        """
        owner, name = _owner(project, stack)
        file = self.path / "stacks" / owner / f"{name}.json"
        packed = file.with_name(f"{file.name}.gz")
        try:
            # An engine with PULUMI_DIY_BACKEND_GZIP keeps only the packed file.
            text = gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
            state = json.loads(text)
            latest = dict(state["checkpoint"]["latest"] or {})
            kept = {key: state[key] for key in ("version", "features") if key in state}
            return {**kept, "deployment": latest}
        except (OSError, EOFError, KeyError, TypeError, ValueError, zlib.error):
            return None


def _name(project: Path) -> str:
    from dynostack.environment.schema import project_name

    return project_name(project)


def _owner(project: Path, stack: str) -> tuple[str, str]:
    """Return the names of the project and the stack that a stack's name means.

    The engine also takes `organization/PROJECT/STACK`.
    """
    *_, owner, name = ("", *stack.split("/")) if stack.count("/") > 1 else ("", stack)
    return owner or _name(project), name.rpartition("/")[2]


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
    if not isinstance(state, dict):
        return "it is not a JSON object"
    # To the engine, a document without these is a stack without resources.
    checkpoint = state.get("checkpoint")
    known = checkpoint if isinstance(checkpoint, dict) else {}
    return (
        "" if {"stack", "latest"} & {*state, *known} else "it does not contain the state of a stack"
    )


def _foreign(file: Path, owner: tuple[str, str] | None = None) -> str:
    """Return why a valid state belongs to another stack; empty if no other one is known.

    Args:
        file: the state.
        owner: the names of the project and the stack, by default from the path of the file.
    """
    project, stack = owner or (file.parent.name, file.stem)
    try:
        latest = json.loads(file.read_bytes())["checkpoint"]["latest"] or {}
        urns = [each["urn"].split("::") for each in latest.get("resources") or ()]
        named = {(urn[1], urn[0].rpartition(":")[2]) for urn in urns}
    except (OSError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return ""
    others = sorted(named - {(project, stack)})
    return f"it is the state of stack {others[0][1]} of project {others[0][0]}" if others else ""
