"""Running the engine, which ends in its own good time.

It is started in a session of its own, so that an interrupt reaches it once and through us: at the
first it finishes what it is doing, saves its state and gives its lock of the stack back; at a
second it stops at once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from dynostack.engine.file_backend import Lock, StateFolder
from dynostack.local.workspace import LocalWorkspace


class EngineFailed(Exception):
    """`pulumi` ended with an error; the message is empty where the terminal has shown it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class PulumiProcess:
    """Runs one `pulumi` for one project."""

    program: str
    project: Path
    home: Path | None
    """Where its plugins are; None for the home that `pulumi` has by itself."""
    variables: Mapping[str, str]
    """The whole environment."""

    @classmethod
    def of_workspace(cls, workspace: LocalWorkspace) -> PulumiProcess:
        """The local world's, whatever shell this is."""
        return cls(
            str(workspace.pulumi), workspace.project, workspace.pulumi_home, workspace.environment()
        )

    @classmethod
    def of_shell(cls, workspace: LocalWorkspace) -> PulumiProcess:
        """This shell's own, local or real; the local world's where the shell has none.

        Raises EngineFailed.
        """
        found = shutil.which("pulumi")
        program = found or shutil.which(workspace.pulumi)
        if program is None:
            raise EngineFailed("there is no pulumi here: write `dynostack toolchain`", 1)
        if said := os.environ.get("PULUMI_HOME"):
            return cls(program, workspace.project, Path(said), os.environ)
        if found:
            return cls(program, workspace.project, None, os.environ)
        # Plugins of the project's own engine are in the project's own home.
        home = workspace.pulumi_home
        return cls(program, workspace.project, home, {**os.environ, "PULUMI_HOME": str(home)})

    def refuse_lock(self, stack: str) -> None:
        """Raises EngineFailed when an engine updates the stack, or was killed while it did."""
        if lock := self.lock(stack):
            raise EngineFailed(str(lock), 1)

    def lock(self, stack: str) -> Lock | None:
        """The stack's lock, when the engine can do what the lock's text says.

        Raises EngineFailed when the stack's state cannot be read.
        """
        if folder := self._usable_state(stack):
            return folder.lock(self.project, stack)
        return None

    def show(self, *arguments: str) -> None:
        """Run it with its output on the terminal.  Raises EngineFailed."""
        with self.started(*arguments) as process:
            process.wait()
        if process.returncode != 0:
            raise EngineFailed("", exit_code(process))

    def text(self, *arguments: str) -> str:
        """What it prints.  Raises EngineFailed."""
        pipe = subprocess.PIPE
        with self.started(*arguments, output=pipe, errors=pipe) as process:
            output, errors = process.communicate()
        if process.returncode != 0:
            raise EngineFailed(errors.strip(), exit_code(process))
        return output

    def answer(self, *arguments: str) -> Any:
        """What it prints as JSON.  Raises EngineFailed."""
        return json.loads(self.text(*arguments))

    @contextmanager
    def started(
        self,
        *arguments: str,
        output: int | None = None,
        errors: int | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        """Run it as long as the context, and wait for its end.

        Args:
            output: where its output goes, as `subprocess` has it; likewise `errors`.
            variables: added to the environment.

        Raises KeyboardInterrupt after its end when there was an interrupt, and EngineFailed when
        a state that it would read cannot be read.
        """
        self._usable_state(_stack(arguments))
        process = subprocess.Popen(
            [self.program, *arguments, "--non-interactive"],
            cwd=self.project,
            env={**self.variables, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        # The process is waited for before its end is judged.
        with _interrupts_passed_to(process), process:
            yield process

    def _usable_state(self, stack: str) -> StateFolder | None:
        """Return the folder with the state; without a stack, all that are in it can be read."""
        folder = StateFolder.of_engine(self.variables)
        if folder:
            folder.mend_attributes()
            if damage := folder.damage(self.project, stack):
                raise EngineFailed(str(damage), 1)
        return folder


def _stack(arguments: Sequence[str]) -> str:
    """Return the stack that a command of the engine is about; empty where it names none."""
    if "--stack" not in arguments:
        return ""
    return arguments[arguments.index("--stack") + 1].rpartition("/")[2]


def exit_code(process: subprocess.Popen[str]) -> int:
    """As a shell tells it: 128 and the signal's number of one that a signal has ended."""
    code = int(process.returncode)
    return code if code >= 0 else 128 - code


@contextmanager
def _interrupts_passed_to(process: subprocess.Popen[str]) -> Iterator[None]:
    """Raises KeyboardInterrupt when the process has ended after one, or at once when it has."""
    interrupts = 0

    def passed(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - Python gives them
        nonlocal interrupts
        if process.poll() is not None:
            raise KeyboardInterrupt
        interrupts += 1
        process.send_signal(signal.SIGINT)

    before = {each: signal.signal(each, passed) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if interrupts:
            # What failed after an interrupt failed of it.
            raise KeyboardInterrupt
