"""`pulumi` as a review runs it: in the world of the shell, local or real, with nothing added.

The engine is started in a session of its own, so that an interrupt reaches it once and through us:
at the first it finishes what it is doing and saves its state, at a second it stops at once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from config.words import HIDDEN
from dynostack.project import EngineFailed
from dynostack.review.errors import NotAPreview
from dynostack.review.masking import Mask
from dynostack.review.places import Places
from dynostack.review.reading import NOT_ON_HEROKU, OPERATIONS, from_events
from dynostack.review.step import Preview
from dynostack.world import World

POLICIES = "policies"
"""The folder of the project's policy pack."""
SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE")
"""What the name of a variable with a secret ends with."""

INTERRUPTED = (
    "interrupted: what was begun was finished and is in the state; review again before going on"
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Planned:
    """A preview and the plan that the engine saved of it."""

    preview: Preview
    plan: Mapping[str, Any] | None
    """None when the preview failed."""
    file: Path


@dataclass(frozen=True)
class Engine:
    """Runs `pulumi` for one stack of a project."""

    world: World
    stack: str

    @contextmanager
    def preview(self, progress: Progress) -> Iterator[Planned]:
        """Refresh and preview; the saved plan is there as long as the context.

        Raises:
            EngineFailed: there is no preview at all, as when the stack is not known.
        """
        with tempfile.TemporaryDirectory(prefix="dynostack-") as directory:
            file = Path(directory) / "plan.json"
            arguments = ("preview", "--json", "--refresh", "--save-plan", str(file))
            variables = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
            events: list[dict[str, Any]] = []
            with self._started(arguments, variables, errors=subprocess.PIPE) as process:
                for line in _lines(process):
                    events += _event(line, progress)
                failure = process.stderr.read() if process.stderr else ""
            if process.returncode != 0 and not any("summaryEvent" in each for each in events):
                said = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
                told = "".join(each["message"] for each in said if each["severity"] == "error")
                mask = Mask.of(Preview("", "", ()), secrets(self.world.project, self.stack))
                raise EngineFailed(mask(f"{told}{failure}".strip()), process.returncode)
            plan = json.loads(file.read_text("utf-8")) if file.exists() else None
            yield Planned(from_events(events), plan, file)

    def up(self, planned: Planned, mask: Mask, progress: Progress) -> int:
        """Do what is planned and nothing else.

        Returns:
            The engine's exit code, or 130 when it was interrupted.
        """
        arguments = (
            *("up", "--yes", "--skip-preview", "--refresh", "--plan", str(planned.file)),
            *("--suppress-permalink=true", "--suppress-outputs", "--color", "never"),
        )
        try:
            with self._started(arguments, {}, errors=subprocess.STDOUT) as process:
                for line in filter(_tells_something, _lines(process)):
                    progress(mask(line.rstrip("\n")))
        except KeyboardInterrupt:
            progress(INTERRUPTED)
            return 130
        return process.returncode

    @contextmanager
    def _started(
        self, arguments: tuple[str, ...], variables: Mapping[str, str], errors: int
    ) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [self._program(), *arguments, "--stack", self.stack, *self._always()],
            cwd=self.world.project,
            env={**os.environ, **self._home(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        # The process is waited for before its end is judged.
        with _interrupts_passed_to(process), process:
            yield process

    def _program(self) -> str:
        found = shutil.which("pulumi") or shutil.which(self.world.pulumi)
        if found is None:
            raise EngineFailed("there is no pulumi here: write `dynostack toolchain`", 1)
        return found

    def _always(self) -> Iterator[str]:
        yield "--non-interactive"
        if (self.world.project / POLICIES / "PulumiPolicy.yaml").is_file():
            yield from ("--policy-pack", POLICIES)

    def _home(self) -> dict[str, str]:
        """Plugins of the project's own engine are in the project's own home."""
        own = shutil.which("pulumi") is None and "PULUMI_HOME" not in os.environ
        return {"PULUMI_HOME": str(self.world.pulumi_home)} if own else {}


def secrets(directory: Path, stack: str) -> list[str]:
    """What no text may show: the secrets of this shell, and what the file may have of them."""
    of_shell = [value for name, value in os.environ.items() if name.endswith(SECRET_NAMES)]
    return [*of_shell, *_texts(Places.of(directory, stack).sections, hidden=False)]


def _texts(value: object, hidden: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, hidden or key in HIDDEN)
    elif isinstance(value, str) and hidden:
        yield value


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


def _groups(urn: str) -> bool:
    return urn.split("::")[2].rpartition("$")[2].startswith(NOT_ON_HEROKU)


def _tells_something(line: str) -> bool:
    """Whether a line is about more than looking at what is there."""
    return bool(line.strip()) and not line.startswith("@") and " refresh" not in line


@contextmanager
def _interrupts_passed_to(process: subprocess.Popen[str]) -> Iterator[None]:
    """Raises KeyboardInterrupt when the process has ended after one."""
    interrupts = 0

    def passed(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - Python gives them
        nonlocal interrupts
        interrupts += 1
        process.send_signal(signal.SIGINT)

    before = {each: signal.signal(each, passed) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if interrupts:
        raise KeyboardInterrupt
