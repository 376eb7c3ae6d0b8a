"""Running the engine, `pulumi`, and waiting for its orderly end.

The engine is started in its own session, so that it gets each interrupt once, from us.  At the
first interrupt it finishes the current operation, saves its state and releases its lock on the
stack; at the second it stops at once.
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
from tempfile import TemporaryFile
from types import FrameType
from typing import IO, Any
from urllib.parse import urlsplit

from dynostack.engine.backend import VARIABLE, backend_address
from dynostack.engine.file_backend import StateFolder
from dynostack.engine.locks import CLOUD, Lock, first, locks_in, with_our_advice
from dynostack.engine.pending import pending_message
from dynostack.local.workspace import LocalWorkspace

ENTERING = 'eval "$(dynostack env)"'
"""The command that sets up a shell for the backend of the local environment."""


class EngineFailed(Exception):
    """`pulumi` ended with an error; the message is empty if the terminal has shown it."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        """Describe the failure.

        Args:
            message: says what failed.
            exit_code: the exit code of `dynostack`: 1, or 130 after an interrupt.  It is not the
                engine's own code, because 2 and 3 would mean `changes` and `refused` here.
        """
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class PulumiProcess:
    """Runs one `pulumi` for one project."""

    program: str
    project: Path
    home: Path | None
    """The folder of its plugins; None for the default home of `pulumi`."""
    variables: Mapping[str, str]
    """All environment variables of the process."""
    entering: str = ""
    """The command to set up this shell for the same backend; empty if not needed."""

    @classmethod
    def of_workspace(cls, workspace: LocalWorkspace) -> PulumiProcess:
        """Return the local environment's `pulumi`, whatever this shell's variables are."""
        variables = workspace.environment()
        is_entered = os.environ.get(VARIABLE) == variables[VARIABLE]
        return cls(
            str(workspace.pulumi),
            workspace.project,
            workspace.pulumi_home,
            variables,
            "" if is_entered else ENTERING,
        )

    @classmethod
    def of_shell(cls, workspace: LocalWorkspace) -> PulumiProcess:
        """Return this shell's own `pulumi`, or the local environment's if the shell has none.

        Raises:
            EngineFailed: neither exists.
        """
        found = shutil.which("pulumi")
        program = found or shutil.which(workspace.pulumi)
        if program is None:
            raise EngineFailed("pulumi is not installed; run: dynostack toolchain")
        if said := os.environ.get("PULUMI_HOME"):
            return cls(program, workspace.project, Path(said), os.environ)
        if found:
            return cls(program, workspace.project, None, os.environ)
        # Plugins of the project's own engine are in the project's own home.
        home = workspace.pulumi_home
        return cls(program, workspace.project, home, {**os.environ, "PULUMI_HOME": str(home)})

    def refuse_lock(self, stack: str) -> None:
        """Check that no engine holds the stack's lock.

        Raises:
            EngineFailed: an engine updates the stack, or was killed during an update.
        """
        if lock := self.lock(stack):
            raise EngineFailed(lock.explained(self.entering))

    def refuse_pending(self, stack: str) -> None:
        """Check that the state has no interrupted operations, if it is in a folder.

        Raises:
            EngineFailed: the state has interrupted operations, or cannot be read.
        """
        folder = self._usable_state(stack)
        if folder and (titles := folder.pending(self.project, stack)):
            raise EngineFailed(pending_message(stack, titles, self.entering))

    def lock(self, stack: str) -> Lock | None:
        """Return the stack's most important lock, if the state is in a folder.

        Raises:
            EngineFailed: the stack's state cannot be read.
        """
        if folder := self._usable_state(stack):
            return first(folder.locks(self.project, stack))
        return None

    @property
    def state_folder(self) -> StateFolder | None:
        """Return the folder with the state; None if a service stores it."""
        return StateFolder.of_engine(self.project, self.variables)

    def locks(self, stack: str) -> tuple[Lock, ...]:
        """Return the stack's locks in any backend.

        For a bucket or a table, ask the engine to rename the stack to its present name: the engine
        reports the locks of others, and changes nothing.

        Raises:
            EngineFailed: the backend cannot be read.
        """
        if folder := self.state_folder:
            return folder.locks(self.project, stack)
        if self.uses_cloud:
            stacks = self.answer("stack", "ls", "--json")
            name = stack.rpartition("/")[2]
            named = [each for each in stacks if each["name"].rpartition("/")[2] == name]
            busy = any(each.get("updateInProgress") for each in named)
            return (Lock(stack, CLOUD, "", "", 0, ""),) if busy else ()
        try:
            self.text("stack", "rename", "--stack", stack, "--color", "never", "--", stack)
        except EngineFailed as failed:
            if "already exists" in str(failed):
                return ()
            if locks := tuple(locks_in(stack, str(failed))):
                return locks
            raise
        return ()

    def exported(self, stack: str) -> dict[str, Any] | None:
        """Return a stack's state as `pulumi stack export` prints it, if the state is in a folder.

        Starting an engine for this would take 100 MB and a third of a second.

        Returns:
            The state; None if it is in another backend, or if there is no such stack.

        Raises:
            EngineFailed: the state is damaged.
        """
        folder = self._usable_state(stack)
        return folder.exported(self.project, stack) if folder else None

    @property
    def uses_cloud(self) -> bool:
        """Return whether Pulumi Cloud, hosted by Pulumi or self-hosted, stores the state."""
        scheme = urlsplit(backend_address(self.project, self.variables)).scheme
        return scheme in ("https", "http", "")

    def show(self, *arguments: str) -> None:
        """Run the engine with its output on the terminal.

        Raises:
            EngineFailed: the engine ended with an error.
        """
        with self.started(*arguments) as process:
            process.wait()
        if process.returncode != 0:
            raise EngineFailed("")

    def text(self, *arguments: str, stdin: str = "") -> str:
        """Run the engine and return its output.

        The output goes to files without a name.  A pipe would break if this process is killed, and
        the engine would die at its next line without releasing its lock on the stack.

        Args:
            arguments: the command and its arguments.
            stdin: what the engine reads from its standard input.

        Raises:
            EngineFailed: the engine ended with an error.
        """
        with (
            TemporaryFile("w+") as source,
            TemporaryFile("w+") as output,
            TemporaryFile("w+") as errors,
        ):
            source.write(stdin)
            source.seek(0)
            with self.started(*arguments, source=source, output=output, errors=errors) as process:
                process.wait()
            for file in (output, errors):
                file.seek(0)
            if process.returncode != 0:
                message = with_our_advice(_stack(arguments), errors.read().strip())
                raise EngineFailed(self.masked(message))
            return output.read()

    def masked(self, message: str) -> str:
        """Return a message without the password in the backend's address."""
        address = backend_address(self.project, self.variables)
        login, _, _ = address.partition("://")[2].rpartition("@")
        password = login.partition(":")[2]
        return message.replace(f":{password}@", ":***@") if password else message

    def answer(self, *arguments: str) -> Any:
        """Run the engine and return its output, parsed as JSON.

        Raises:
            EngineFailed: the engine ended with an error.
        """
        return json.loads(self.text(*arguments))

    @contextmanager
    def started(
        self,
        *arguments: str,
        source: int | IO[str] = subprocess.DEVNULL,
        output: int | IO[str] | None = None,
        errors: int | IO[str] | None = None,
        variables: Mapping[str, str] | None = None,
        files: Sequence[int] = (),
    ) -> Iterator[subprocess.Popen[str]]:
        """Start the engine, and wait for it to exit when the context ends.

        Args:
            arguments: the command and its arguments.
            source: where its input comes from, as for `subprocess`.
            output: where its output goes, as for `subprocess`.
            errors: where its error output goes, as for `subprocess`.
            variables: environment variables to add.
            files: the descriptors of open files that it inherits.

        Raises:
            KeyboardInterrupt: there was an interrupt; raised after the engine's end.
            EngineFailed: a state file that the engine needs is damaged.
        """
        self._usable_state(_stack(arguments))
        process = subprocess.Popen(
            [self.program, "--non-interactive", *arguments],
            cwd=self.project,
            env={**self.variables, **(variables or {})},
            stdin=source,
            stdout=output,
            stderr=errors,
            pass_fds=files,
            text=True,
            start_new_session=True,
        )
        # Popen's context ends first: it waits for the process before interrupts are raised.
        with _interrupts_passed_to(process), process:
            yield process

    def _usable_state(self, stack: str) -> StateFolder | None:
        """Return the state folder, if any, after checking that its state can be read.

        Args:
            stack: the stack whose state to check; empty for all stacks.

        Raises:
            EngineFailed: a state file is damaged.
        """
        if folder := self.state_folder:
            folder.repair_attributes()
            if damage := folder.damage(self.project, stack):
                raise EngineFailed(damage.explained(self.entering))
        return folder


def _stack(arguments: Sequence[str]) -> str:
    """Return the stack that a command's arguments name; empty if they name none."""
    if "--stack" not in arguments:
        return ""
    return arguments[arguments.index("--stack") + 1]


@contextmanager
def _interrupts_passed_to(process: subprocess.Popen[str]) -> Iterator[None]:
    """Pass interrupts on to the process instead of raising them at once.

    Raises:
        KeyboardInterrupt: there was an interrupt; raised once the process has ended.
    """
    interrupts = 0

    def passed(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - Python passes them
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
            # An error after an interrupt is a consequence of the interrupt.
            raise KeyboardInterrupt
