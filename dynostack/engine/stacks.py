"""The project's stacks, as the engine of the local world sees them."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.local.workspace import LocalWorkspace


class PulumiProject:
    """Runs `pulumi` for one project inside its local world."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.workspace = workspace

    def stacks(self) -> list[str]:
        """The stacks that have an environment's file, in alphabetical order."""
        files = self.workspace.project.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)

    def create_stacks(self, needed: str) -> None:
        """Make the stacks known to the world's state, so that each can be rehearsed.

        One that is not needed now may have secrets that the passphrase here does not open.

        Raises EngineFailed.
        """
        known = self._known()
        for stack in self.stacks():
            if stack not in known:
                with nullcontext() if stack == needed else suppress(EngineFailed):
                    self._create_stack(stack)

    def _create_stack(self, stack: str) -> None:
        try:
            self._runner().text("stack", "init", stack, "--no-select")
        except EngineFailed as failed:
            # Another command, which began at the same time, was first.
            if stack in self._known():
                return
            if "incorrect passphrase" not in str(failed):
                raise
            says = (
                f"the secrets of Pulumi.{stack}.yaml have another passphrase than"
                " PULUMI_CONFIG_PASSPHRASE; export theirs"
            )
            raise EngineFailed(says, failed.exit_code) from None

    def _known(self) -> set[str]:
        return {stack["name"] for stack in self._runner().answer("stack", "ls", "--json")}

    def up(self, stack: str) -> None:
        """Preview and apply, as `pulumi up` shows it without outputs.  Raises EngineFailed."""
        runner = self._runner()
        runner.refuse_lock(stack)
        runner.show(
            *("up", "--stack", stack, "--yes"),
            *("--suppress-permalink=true", "--suppress-outputs"),
        )

    def outputs(self, stack: str) -> dict[str, Any]:
        """What the stack exports; secrets are masked by the engine."""
        return dict(self._runner().answer("stack", "output", "--stack", stack, "--json"))

    def _runner(self) -> PulumiProcess:
        return PulumiProcess.of_workspace(self.workspace)
