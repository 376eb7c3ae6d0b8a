"""The project's stacks, as the engine of the local world sees them."""

from __future__ import annotations

import json
import subprocess
from contextlib import nullcontext, suppress
from typing import Any

from dynostack.world import World


class EngineFailed(Exception):
    """`pulumi` ended with an error; the message is empty where the terminal has shown it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Project:
    """Runs `pulumi` for one project inside its local world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def stacks(self) -> list[str]:
        """The stacks that have an environment's file, in alphabetical order."""
        files = self.world.project.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)

    def create_stacks(self, needed: str) -> None:
        """Make the stacks known to the world's state, so that each can be rehearsed.

        One that is not needed now may have secrets that the passphrase here does not open.

        Raises EngineFailed.
        """
        known = {stack["name"] for stack in self._answer("stack", "ls", "--json")}
        for stack in self.stacks():
            if stack not in known:
                with nullcontext() if stack == needed else suppress(EngineFailed):
                    self._create_stack(stack)

    def _create_stack(self, stack: str) -> None:
        try:
            self._run("stack", "init", stack, "--no-select", capture_output=True)
        except EngineFailed as failed:
            if "incorrect passphrase" not in str(failed):
                raise
            says = (
                f"the secrets of Pulumi.{stack}.yaml have another passphrase than"
                " PULUMI_CONFIG_PASSPHRASE; export theirs"
            )
            raise EngineFailed(says, failed.exit_code) from None

    def up(self, stack: str) -> None:
        """Preview and apply, as `pulumi up` shows it without outputs.  Raises EngineFailed."""
        self._run(
            *("up", "--stack", stack, "--yes"),
            *("--suppress-permalink=true", "--suppress-outputs"),
        )

    def outputs(self, stack: str) -> dict[str, Any]:
        """What the stack exports; secrets are masked by the engine."""
        return dict(self._answer("stack", "output", "--stack", stack, "--json"))

    def _answer(self, *arguments: str) -> Any:
        return json.loads(self._run(*arguments, capture_output=True).stdout)

    def _run(
        self, *arguments: str, capture_output: bool = False
    ) -> subprocess.CompletedProcess[str]:
        pipe = subprocess.PIPE if capture_output else None
        process = subprocess.Popen(
            [str(self.world.pulumi), *arguments, "--non-interactive"],
            cwd=self.world.project,
            env=self.world.environment(),
            stdout=pipe,
            stderr=pipe,
            text=True,
        )
        done = subprocess.CompletedProcess(arguments, *_ended(process))
        if done.returncode != 0:
            raise EngineFailed((done.stderr or "").strip(), done.returncode)
        return done


def _ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status and output of the engine, which ends in its own good time.

    Ctrl-C reaches it, too: it finishes what it began and gives its lock of the stack back.  Killed
    in between it would leave both.  Raises KeyboardInterrupt when it did not mind.
    """
    interrupted = False
    with process:
        while True:
            try:
                output, errors = process.communicate()
                break
            except KeyboardInterrupt:
                interrupted = True
    if interrupted and process.returncode == 0:
        raise KeyboardInterrupt
    return process.returncode, output, errors
