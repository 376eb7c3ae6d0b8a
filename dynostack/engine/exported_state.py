"""A stack's state, exported by the engine, edited, and imported again."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from dynostack.engine.pending import operation_title
from dynostack.engine.process import EngineFailed, PulumiProcess

SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of a secret
"""https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/sig/sig.go"""
UNKNOWN_STACK = "no stack named"
"""The engine's error about a stack that does not exist."""


@dataclass
class ExportedState:
    """A stack's exported state, in which secrets are encrypted."""

    runner: PulumiProcess
    stack: str
    document: dict[str, Any]

    @classmethod
    def read(cls, runner: PulumiProcess, stack: str) -> Self:
        """Export the state.

        Raises:
            EngineFailed: the stack does not exist, or its state cannot be read.
        """
        document = runner.exported(stack) or runner.answer("stack", "export", "--stack", stack)
        # The export of a stack that was never updated may have no deployment.
        document["deployment"] = document.get("deployment") or {}
        return cls(runner, stack, document)

    def revealed(self) -> list[dict[str, Any]]:
        """Export the interrupted operations again, with their secrets in plain text.

        Raises:
            EngineFailed: the secrets cannot be decrypted, or the state has changed since.
        """
        shown = self.runner.answer("stack", "export", "--stack", self.stack, "--show-secrets")
        found: list[dict[str, Any]] = shown["deployment"].get("pending_operations") or []
        if [operation_title(each) for each in found] != self.pending_titles:
            raise self.changed()
        return [_plain(each) for each in found]

    @property
    def deployment(self) -> dict[str, Any]:
        """Return the contents of the state."""
        found: dict[str, Any] = self.document["deployment"]
        return found

    @property
    def resources(self) -> list[dict[str, Any]]:
        """Return the resources, each after those that it depends on."""
        found: list[dict[str, Any]] | None = self.deployment.get("resources")
        return [] if found is None else found

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of everything that the stack manages."""
        return frozenset(str(each["id"]) for each in self.resources if each.get("id"))

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Return the operations that a killed engine left unfinished."""
        return self.deployment.get("pending_operations") or []

    @property
    def pending_titles(self) -> list[str]:
        """Return the titles of the interrupted operations, such as `creating postgres`."""
        return [operation_title(each) for each in self.pending]

    def resource(self, urn: str) -> dict[str, Any] | None:
        """Return the resource with a URN, ignoring one that the engine still has to delete."""
        return next(
            (each for each in self.resources if each["urn"] == urn and not each.get("delete")), None
        )

    def copied(self) -> Self:
        """Return a copy to edit."""
        new = type(self)(self.runner, self.stack, copy.deepcopy(self.document))
        new.deployment["resources"] = new.resources
        return new

    def write(self) -> None:
        """Import the state; the engine then forgets all interrupted operations.

        Raises:
            EngineFailed: the engine rejects it.
        """
        self.runner.text("stack", "import", "--stack", self.stack, stdin=json.dumps(self.document))

    def write_over(self, before: ExportedState) -> None:
        """Import the state, unless it has changed since it was exported.

        Raises:
            EngineFailed: it has changed, or the engine rejects it.
        """
        if ExportedState.read(self.runner, self.stack).document != before.document:
            raise self.changed()
        self.write()

    def refresh(self, urns: Iterable[str]) -> None:
        """Refresh resources from Heroku, so that all their outputs are up to date.

        Raises:
            EngineFailed: the engine cannot read them.
        """
        targets = [argument for urn in urns for argument in ("--target", urn)]
        self.runner.text("refresh", "--stack", self.stack, "--yes", "--skip-preview", *targets)

    def changed(self) -> EngineFailed:
        """Return the error that another engine has changed the state since it was exported."""
        return EngineFailed(
            f"another engine has just changed the state of stack {self.stack}; nothing was changed"
            " here: run the same command again",
        )


def _plain(value: Any) -> Any:
    """Return an exported value, with its marked secrets replaced by their plain values."""
    if isinstance(value, dict):
        if SECRET in value and "plaintext" in value:
            return json.loads(value["plaintext"])
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
