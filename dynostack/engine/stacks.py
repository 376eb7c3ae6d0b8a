"""The project's stacks, as the engine of the local environment sees them."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.file_backend import StateFolder
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.local.workspace import LocalWorkspace

SALT = "encryptionsalt:"
"""The key of the salt, which Pulumi writes into a stack's file with its first passphrase."""


BUILD = "heroku:build/build:Build"


class PulumiProject:
    """Runs `pulumi` for one project in its local environment."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.workspace = workspace

    def stacks(self) -> list[str]:
        """Return the stacks that have a file Pulumi.<stack>.yaml, in alphabetical order."""
        files = self.workspace.project.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)

    def create_stacks(self, needed: str) -> None:
        """Create the stacks that the local state does not have, so that each can be rehearsed.

        The engine writes a salt into the file of a new stack that has none.  So that no other file
        changes, only the needed stack is created without one.

        Args:
            needed: the stack that is used next; errors of the others are ignored, because the
                passphrase of this shell may not decrypt their secrets.

        Raises:
            EngineFailed: the needed stack cannot be created.
        """
        known = self._known()
        for stack in self.stacks():
            if stack not in known and (stack == needed or self._has_salt(stack)):
                with nullcontext() if stack == needed else suppress(EngineFailed):
                    self._create_stack(stack)

    def _has_salt(self, stack: str) -> bool:
        text = (self.workspace.project / f"Pulumi.{stack}.yaml").read_text("utf-8")
        return any(line.startswith(SALT) for line in text.splitlines())

    def _create_stack(self, stack: str) -> None:
        try:
            self._runner().text("stack", "init", "--stack", stack, "--no-select")
        except EngineFailed as failed:
            # Another command may have created the stack at the same time.
            if stack in self._known():
                return
            if "incorrect passphrase" not in str(failed):
                raise
            says = (
                f"PULUMI_CONFIG_PASSPHRASE does not decrypt the secrets of Pulumi.{stack}.yaml;"
                " set it to their passphrase"
            )
            raise EngineFailed(says) from None

    def _known(self) -> set[str]:
        # Listing them with the engine would take 0.2 s of each `dynostack up`.
        return StateFolder.below(self.workspace.state).stacks(self.workspace.project)

    def up(self, stack: str, *, rebuilds: bool = False) -> None:
        """Preview and apply, with the output of `pulumi up` except the stack's outputs.

        Changes by hand, such as scaling, are undone: the engine first reads what is there.

        Args:
            stack: the stack to update.
            rebuilds: whether to build each app again, without a change.

        Raises:
            EngineFailed: the stack is locked or has interrupted operations, or the engine ended
                with an error.
        """
        runner = self._runner()
        runner.refuse_lock(stack)
        runner.refuse_pending(stack)
        builds = _builds(ExportedState.read(runner, stack)) if rebuilds else []
        runner.show(
            *("up", "--stack", stack, "--yes", "--refresh"),
            *("--suppress-permalink=true", "--suppress-outputs"),
            *(f"--replace={urn}" for urn in builds),
        )

    def outputs(self, stack: str) -> dict[str, Any]:
        """Return the stack's outputs; the engine masks secrets."""
        return dict(self._runner().answer("stack", "output", "--stack", stack, "--json"))

    def _runner(self) -> PulumiProcess:
        return PulumiProcess.of_workspace(self.workspace)


def _builds(state: ExportedState) -> list[str]:
    return [each["urn"] for each in state.resources if each["type"] == BUILD]
