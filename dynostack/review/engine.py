"""The engine as review and apply run it: previews with a saved plan, updates held to one.

It works in this shell's world, local or real, with nothing added.  A preview begins with this
module alone: what judges and shows it is imported while the engine works.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dynostack import errors
from dynostack.engine.process import EngineFailed, PulumiProcess, exit_code
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
    "interrupted: what was begun was finished and is in the state; review again before going on"
)

PLAN, STATE = "plan.json", "state.json"
"""Files in the folder of one preview, which goes when it ends."""

NO_BACKEND = "PULUMI_ACCESS_TOKEN must be set"
"""What the engine says in a shell that has nothing of any state."""

ENTER = (
    'this shell is in no world\n      = write eval "$(dynostack env)" for the local one,'
    " or PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN for the state of the real one"
)

LATEST = 50
"""How many updates of the history are searched for a reviewed plan."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Planned:
    """A preview and the plan that the engine saved of it."""

    preview: Preview
    plan: Mapping[str, Any] | None
    """None when the preview failed."""
    file: Path


@dataclass(frozen=True)
class Running:
    """A preview that the engine is at."""

    engine: Engine
    process: subprocess.Popen[str]
    export: subprocess.Popen[str]
    ahead: Ahead
    folder: Path

    @property
    def file(self) -> Path:
        """Return where the engine saves the plan."""
        return self.folder / PLAN

    def stop(self) -> None:
        """End the preview before its time; nothing was changed."""
        self.process.send_signal(signal.SIGINT)

    def state(self) -> StackState:
        """Return the stack's state before the preview; an empty one when there is none yet."""
        from dynostack.review.state import StackState

        if self.export.wait() != 0:
            return StackState()
        return StackState.of(json.loads((self.folder / STATE).read_text("utf-8")))

    def planned(self, progress: Progress) -> Planned:
        """The preview once it is done; its plan is there as long as the engine's context.

        Raises EngineFailed: there is no preview at all, as when the stack is not known.
        """
        events: list[dict[str, Any]] = []
        for line in _lines(self.process):
            events += _event(line, progress)
        failure = self.process.stderr.read() if self.process.stderr else ""
        exit_code = self.process.wait()
        if exit_code != 0 and not any("summaryEvent" in each for each in events):
            raise EngineFailed(self._why(events, failure), exit_code)
        events += map(_program_error, self.ahead.errors())
        plan = json.loads(self.file.read_text("utf-8")) if self.file.exists() else None
        return Planned(from_events(events), plan, self.file)

    def _why(self, events: list[dict[str, Any]], failure: str) -> str:
        from dynostack.review.redaction import Mask, known_secrets

        if NO_BACKEND in failure:
            return ENTER
        said = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
        told = "".join(each["message"] for each in said if each["severity"] == "error")
        hidden = known_secrets(self.engine.workspace.project, self.engine.stack)
        return Mask.of(Preview("", "", ()), hidden)(f"{told}{failure}".strip())


@dataclass(frozen=True)
class Engine:
    """Runs `pulumi` for one stack of a project."""

    workspace: LocalWorkspace
    stack: str

    @contextmanager
    def preview(self, progress: Progress) -> Iterator[Running]:
        """Begin to refresh and preview.

        Raises EngineFailed: there is no engine.
        """
        progress(f"preview of {self.stack}")
        runner = PulumiProcess.of_shell(self.workspace)
        if lock := runner.lock(self.stack):
            # It keeps nobody from looking.
            progress(str(lock))
        packs = policy_packs(self.workspace.project, self.stack)
        with (
            tempfile.TemporaryDirectory(prefix="dynostack-") as directory,
            plugins_ahead(
                runner.home, runner.project, runner.variables, has_policies=bool(packs)
            ) as ahead,
        ):
            folder = Path(directory)
            with (
                runner.started(
                    *("stack", "export", "--stack", self.stack, "--file", str(folder / STATE)),
                    output=subprocess.DEVNULL,
                    errors=subprocess.DEVNULL,
                ) as export,
                runner.started(
                    *("preview", "--json", "--refresh", "--save-plan", str(folder / PLAN)),
                    *self._always(packs),
                    output=subprocess.PIPE,
                    errors=subprocess.PIPE,
                    variables={"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true", **ahead.variables},
                ) as process,
            ):
                yield Running(self, process, export, ahead, folder)

    def refuse_lock(self) -> None:
        """Raises EngineFailed when an engine updates the stack, or was killed while it did."""
        PulumiProcess.of_shell(self.workspace).refuse_lock(self.stack)

    def history(self) -> list[dict[str, Any]]:
        """Return the stack's latest updates, the newest first.  Raises EngineFailed."""
        options = ("--stack", self.stack, "--page-size", str(LATEST), "--page", "1")
        found = PulumiProcess.of_shell(self.workspace).answer(
            "stack", "history", "--json", *options
        )
        return list(found or ())

    def up(self, planned: Planned, message: str, mask: Mask, progress: Progress) -> int:
        """Do what is planned and nothing else.

        Args:
            planned: the preview with its plan.
            message: kept with the update in the stack's history.
            mask: removes secrets from what the engine prints.
            progress: takes what the engine prints.

        Returns:
            The engine's exit code, or 130 when it was interrupted.
        """
        arguments = (
            *("up", "--yes", "--skip-preview", "--refresh", "--plan", str(planned.file)),
            *("--message", message),
            *("--suppress-permalink=true", "--suppress-outputs", "--color", "never"),
            *self._always(policy_packs(self.workspace.project, self.stack)),
        )
        pipe, same = subprocess.PIPE, subprocess.STDOUT
        runner = PulumiProcess.of_shell(self.workspace)
        try:
            with runner.started(*arguments, output=pipe, errors=same) as process:
                for line in folded(_lines(process)):
                    progress(mask(line.rstrip("\n")))
        except KeyboardInterrupt:
            progress(INTERRUPTED)
            return errors.INTERRUPTED
        return exit_code(process)

    def _always(self, packs: list[Path]) -> Iterator[str]:
        yield from ("--stack", self.stack)
        for pack in packs:
            yield from ("--policy-pack", str(pack))


def _lines(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    return process.stdout


def _event(line: str, progress: Progress) -> Iterator[dict[str, Any]]:
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        raise NotAPreview(f"pulumi wrote what is no event: {line.strip()[:80]}") from None
    if event.get("diagnosticEvent", {}).get("severity") == "debug":
        return
    metadata = event.get("resourcePreEvent", {}).get("metadata")
    if metadata and metadata["op"] in OPERATIONS and not _groups(metadata["urn"]):
        progress(f"{metadata['op']:8} {metadata['urn'].rpartition('::')[2]}")
    yield event


def _program_error(line: str) -> dict[str, Any]:
    """As the engine tells what a program writes as an error, of a host that it started."""
    return {"diagnosticEvent": {"message": line, "severity": "info#err"}}


def _groups(urn: str) -> bool:
    return type_of(urn).startswith(NOT_ON_HEROKU)
