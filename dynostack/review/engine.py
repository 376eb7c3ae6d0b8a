"""Runs the engine for review and apply: previews that save a plan, and updates limited to it.

It uses the Pulumi backend and the Heroku of this shell, local or real, as they are.  A preview
starts with this module alone; the modules that judge and render it are imported while the engine
works.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dynostack import errors
from dynostack.engine.advice import missing_stack
from dynostack.engine.exported_state import UNKNOWN_STACK
from dynostack.engine.locks import with_our_advice
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.engine.source import write_archive
from dynostack.local.workspace import LocalWorkspace
from dynostack.review.engine_output import folded
from dynostack.review.errors import NotAPreview
from dynostack.review.policies import policy_packs
from dynostack.review.preview_parser import NOT_ON_HEROKU, OPERATIONS, from_events
from dynostack.review.step import Preview, type_of
from dynostack.toolchain.plugin_prestart import Ahead, plugins_ahead

if TYPE_CHECKING:
    from dynostack.review.redaction import Mask
    from dynostack.review.state import StackState

INTERRUPTED = (
    "interrupted: operations that had started were completed and are in the state;"
    " review again before you continue"
)

NO_BACKEND = "PULUMI_ACCESS_TOKEN must be set"
"""The engine's error in a shell without a Pulumi backend."""

ENTER = (
    "no Pulumi backend in this shell\n"
    '      = for the local environment run eval "$(dynostack env)";'
    " for the real one set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN"
)

LATEST = 50
"""How many of the latest updates are searched for a reviewed plan."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Planned:
    """A preview and the plan that the engine saved for it."""

    preview: Preview
    plan: Mapping[str, Any] | None
    """None when the preview failed."""
    file: IO[str]
    """The plan as the engine saved it."""


@dataclass(frozen=True)
class Running:
    """A preview in progress."""

    engine: Engine
    process: subprocess.Popen[str]
    exported: Callable[[], Mapping[str, Any]]
    """Waits for the stack's state before the preview, and returns it; empty if there is none."""
    ahead: Ahead
    file: IO[str]
    """The file that the engine saves the plan to."""

    def stop(self) -> None:
        """Stop the preview early; a preview changes nothing."""
        self.process.send_signal(signal.SIGINT)

    def state(self) -> StackState:
        """Return the stack's state before the preview, empty if there is none yet."""
        from dynostack.review.state import StackState

        return StackState.of(self.exported())

    def planned(self, progress: Progress) -> Planned:
        """Wait for the preview and return it; its plan file exists until `Engine.preview` ends.

        Raises:
            EngineFailed: the engine produced no preview, for example because the stack is unknown.
        """
        events: list[dict[str, Any]] = []
        for line in _lines(self.process):
            events += _event(line, progress)
        failure = self.process.stderr.read() if self.process.stderr else ""
        exit_code = self.process.wait()
        if exit_code != 0 and not any("summaryEvent" in each for each in events):
            raise EngineFailed(self._why(events, failure))
        events += map(_program_error, self.ahead.errors())
        saved = _text(self.file)
        return Planned(from_events(events), json.loads(saved) if saved else None, self.file)

    def _why(self, events: list[dict[str, Any]], failure: str) -> str:
        from dynostack.review.redaction import Mask, known_secrets

        if NO_BACKEND in failure:
            return ENTER
        if UNKNOWN_STACK in failure:
            return missing_stack(self.engine.stack)
        said = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
        told = "".join(each["message"] for each in said if each["severity"] == "error")
        hidden = known_secrets(self.engine.workspace.project, self.engine.stack)
        message = Mask.of(Preview("", "", ()), hidden)(f"{told}{failure}".strip())
        return PulumiProcess.of_shell(self.engine.workspace).masked(message)


@dataclass(frozen=True)
class Engine:
    """Runs `pulumi` for one stack of a project."""

    workspace: LocalWorkspace
    stack: str
    enforces_policies: bool = True
    """Whether the policy packs check the stack; if they reject it, there is no plan."""
    targets: tuple[str, ...] = ()
    """The URNs of the only resources to preview and update; empty for all."""

    @contextmanager
    def preview(self, progress: Progress) -> Iterator[Running]:
        """Start a preview with a refresh.

        The files of the plan and the state have no name, so that none is left behind if this
        process is killed.

        Raises:
            EngineFailed: `pulumi` is not installed, the stack's state cannot be read, or the
                source cannot be packed.
        """
        progress(f"previewing {self.stack}")
        runner = PulumiProcess.of_shell(self.workspace)
        if note := write_archive(self.workspace.project, self.stack):
            progress(note)
        if lock := runner.lock(self.stack):
            # A lock does not prevent a preview.
            progress(str(lock))
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as plan,
            plugins_ahead(
                runner.home, runner.project, runner.variables, has_policies=bool(self._packs)
            ) as ahead,
            _exporting(runner, self.stack) as exported,
            runner.started(
                *("preview", "--json", "--refresh", "--save-plan", _path(plan)),
                *self._always(),
                output=subprocess.PIPE,
                errors=subprocess.PIPE,
                variables={"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true", **ahead.variables},
                files=(plan.fileno(),),
            ) as process,
        ):
            yield Running(self, process, exported, ahead, plan)

    def refuse_lock(self) -> None:
        """Check that no other engine has locked the stack.

        Raises:
            EngineFailed: an engine is updating the stack, or was killed during an update.
        """
        PulumiProcess.of_shell(self.workspace).refuse_lock(self.stack)

    def history(self) -> list[dict[str, Any]]:
        """Return the stack's latest updates, the newest first.

        Raises:
            EngineFailed: the engine did not list them.
        """
        options = ("--stack", self.stack, "--page-size", str(LATEST), "--page", "1")
        found = PulumiProcess.of_shell(self.workspace).answer(
            "stack", "history", "--json", *options
        )
        return list(found or ())

    def up(self, planned: Planned, message: str, mask: Mask, progress: Progress) -> int:
        """Apply the plan and nothing else.

        Args:
            planned: the preview with its plan.
            message: the message of the update in the stack's history.
            mask: removes secrets from the engine's output.
            progress: called with each line of the engine's output.

        Returns:
            0 when it is done, 1 when the engine failed, 130 when it was interrupted.
        """
        arguments = (
            *("up", "--yes", "--skip-preview", "--refresh", "--plan", _path(planned.file)),
            *("--message", message),
            *("--suppress-permalink=true", "--suppress-outputs", "--color", "never"),
            *self._always(),
        )
        pipe, same = subprocess.PIPE, subprocess.STDOUT
        runner, file = PulumiProcess.of_shell(self.workspace), planned.file
        file.seek(0)
        files = (file.fileno(),)
        try:
            with runner.started(*arguments, output=pipe, errors=same, files=files) as process:
                for line in folded(_lines(process)):
                    progress(mask(with_our_advice(self.stack, line.rstrip("\n"))))
        except KeyboardInterrupt:
            # An engine that is interrupted as soon as it has its lock does not release it.
            left = runner.lock(self.stack)
            progress(str(left) if left else INTERRUPTED)
            return errors.INTERRUPTED
        return 0 if process.returncode == 0 else 1

    @cached_property
    def _packs(self) -> list[Path]:
        if not self.enforces_policies:
            return []
        return policy_packs(self.workspace.project, self.stack)

    def _always(self) -> Iterator[str]:
        yield from ("--stack", self.stack)
        for urn in self.targets:
            yield from ("--target", urn)
        for pack in self._packs:
            yield from ("--policy-pack", str(pack))


@contextmanager
def _exporting(runner: PulumiProcess, stack: str) -> Iterator[Callable[[], Mapping[str, Any]]]:
    """Export a stack's state, and yield a function that waits for it."""
    if exported := runner.exported(stack):
        yield lambda: exported
        return
    arguments = ("stack", "export", "--stack", stack)
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as state,
        runner.started(*arguments, output=state, errors=subprocess.DEVNULL) as process,
    ):
        yield lambda: json.loads(_text(state)) if process.wait() == 0 else {}


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _path(file: IO[str]) -> str:
    """Return the path under which a child process that inherits a file can open it."""
    return f"/dev/fd/{file.fileno()}"


def _lines(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    return process.stdout


def _event(line: str, progress: Progress) -> Iterator[dict[str, Any]]:
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        raise NotAPreview(
            f"cannot read the preview: pulumi printed a line that is not JSON: {line.strip()[:80]}"
        ) from None
    if event.get("diagnosticEvent", {}).get("severity") == "debug":
        return
    metadata = event.get("resourcePreEvent", {}).get("metadata")
    if metadata and metadata["op"] in OPERATIONS and not _groups(metadata["urn"]):
        progress(f"{metadata['op']:8} {metadata['urn'].rpartition('::')[2]}")
    yield event


def _program_error(line: str) -> dict[str, Any]:
    """Return an error line of the program as the event that the engine would have reported."""
    return {"diagnosticEvent": {"message": line, "severity": "info#err"}}


def _groups(urn: str) -> bool:
    return type_of(urn).startswith(NOT_ON_HEROKU)
