"""The stack that gets an adopted app: its state before, during and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dynostack.adopt.errors import AdoptRefused
from dynostack.engine.exported_state import UNKNOWN_STACK, ExportedState
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.environment.command_line import stack_command
from dynostack.recover.identities import APP
from dynostack.recover.release import refuse_owned, release
from localheroku.core.atomic_files import write_private


@dataclass
class AdoptingStack:
    """A stack that has no resources until it has adopted an app.

    A file beside the project's local data says that the stack is adopting.  It makes sure that a
    second run takes back what an interrupted one left, and nothing else.
    """

    runner: PulumiProcess
    name: str
    record: Path
    state: ExportedState | None = None
    """The state when it was last read; None if the stack did not exist."""

    def adopted_app(self) -> str:
        """Return the name of the app that the stack manages already; empty for none.

        What an interrupted adoption left is removed first.

        Raises:
            AdoptRefused: the stack has other resources, or another engine has locked it.
            EngineFailed: the state cannot be read or written.
        """
        state = self.state = self._read()
        if state and (locks := self.runner.locks(self.name)):
            refuse_owned(self.name, locks, ())
            release(self.runner, self.name, locks, ())
            state = self.state = self._read()
        if state is None or not state.resources:
            return ""
        app: dict[str, Any] = next((each for each in state.resources if each["type"] == APP), {})
        name = str((app.get("outputs") or {}).get("name", ""))
        if self._was_updated():
            if name:
                self.record.unlink(missing_ok=True)
                return name
            raise AdoptRefused(
                f"stack {self.name} has resources but no app; nothing was changed: choose another"
                " stack with --stack"
            )
        if not self.record.exists():
            raise AdoptRefused(
                f"stack {self.name} has resources, and dynostack adopt did not import them; nothing"
                f" was changed: run {stack_command('dynostack review', self.name)}, or choose"
                " another stack with --stack"
            )
        self.take_back()
        return ""

    def create(self) -> ExportedState:
        """Create the stack if it does not exist, and return its state, which has no resources.

        Raises:
            EngineFailed: the engine cannot create it.
        """
        if not self.record.exists():
            write_private(self.record, json.dumps({"created": self.state is None}))
        if self.state is None:
            self.runner.text("stack", "init", "--stack", self.name, "--no-select")
            self.state = ExportedState.read(self.runner, self.name)
        return self.state

    def complete(self) -> None:
        """Take note that the stack manages its app from now on."""
        self.record.unlink(missing_ok=True)

    def take_back(self) -> None:
        """Remove the resources from the state, and the stack if the adoption created it.

        Raises:
            EngineFailed: the engine cannot write the state.
        """
        if not self.record.exists():
            return
        if (state := self._read()) is not None:
            if json.loads(self.record.read_text("utf-8"))["created"]:
                options = ("--force", "--yes", "--preserve-config")
                self.runner.text("stack", "rm", "--stack", self.name, *options)
            else:
                state.deployment["resources"] = []
                state.deployment.pop("pending_operations", None)
                state.write()
        self.state = self._read()
        self.record.unlink(missing_ok=True)

    def _read(self) -> ExportedState | None:
        try:
            return ExportedState.read(self.runner, self.name)
        except EngineFailed as failed:
            if UNKNOWN_STACK in str(failed):
                return None
            raise

    def _was_updated(self) -> bool:
        """Return whether an update of the stack has ended."""
        options = ("--page-size", "1", "--page", "1")
        return bool(
            self.runner.answer("stack", "history", "--stack", self.name, "--json", *options)
        )
