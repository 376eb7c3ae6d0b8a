"""Records previews of the real engine: `python -m tests.review.record [CASE...]`.

The engine runs against the local Heroku.  Meaningless differences between two recordings (ids,
times, the directory, the port) are normalized, so that a new recording shows only real changes.
tests/review/recording.py describes how a recording is stored; `python -m tests.review.golden`
renders it.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from dynostack.review.policies import LIBRARY
from tests.e2e.rehearsal import PROJECT, Rehearsal
from tests.review.cases import HERE, Base, Case, changed, load
from tests.review.recording import Recording, files

TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
CIPHERTEXT = re.compile(r"v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/=]+")
MADE_NAME = re.compile(r"(?<=[a-z]-)[0-9a-f]{7}\b")
OF_THIS_RUN = frozenset(
    {
        "duration",
        "durationSeconds",
        "seed",
        "sequence",
        "sourcePosition",
        "stackTrace",
        "timestamp",
    }
)
RECORDED = "2026-11-22T16:00:00Z"


class Recorder:
    """A local world in which every base is brought up once."""

    def __init__(self, directory: Path) -> None:
        self.rehearsal = Rehearsal(directory)
        shutil.copytree(HERE / "site", directory / "site")
        self.program = (directory / "__main__.py").read_text()
        self._up: set[str] = set()

    def record(self, base: Base, case: Case) -> Recording:
        """Preview a case, and keep the environment's file of the preview."""
        self._ready(base)
        self._write(base, case)
        for method, path, *body in case.before:
            self._heroku(method, path, body[0] if body else None)
        recording = self._kept(case, self._preview(case))
        if case.before and "--refresh" in case.flags:
            self._write(base, None)
            self._succeed("up", "-s", base.name, "--yes", "--refresh")
        return recording

    def end(self) -> None:
        self.rehearsal.end()

    def _ready(self, base: Base) -> None:
        if base.name in self._up:
            return
        if not self._up:
            for command in ("toolchain", "local start"):
                done = self.rehearsal.dynostack(*command.split())
                assert done.exit_code == 0, done.output
        self._write(base, None)
        self._succeed("stack", "init", base.name, "--no-select")
        if base.up:
            self._succeed("up", "-s", base.name, "--yes")
        self._up.add(base.name)

    def _write(self, base: Base, case: Case | None) -> None:
        file = yaml.safe_load((PROJECT / base.file).read_text())
        changed(file, base.set)
        changed(file, case.set if case else {})
        self._environment(base.name).write_text(yaml.safe_dump(file, sort_keys=False))
        for path, value in (case.secret if case else {}).items():
            self._succeed(
                "config", "set", "-s", base.name, "--secret", "--path", f"shop:{path}", value
            )
        program = f"{self.program}\n{case.program}" if case else self.program
        (self.rehearsal.directory / "__main__.py").write_text(program)

    def _environment(self, stack: str) -> Path:
        return self.rehearsal.directory / f"Pulumi.{stack}.yaml"

    def _preview(self, case: Case) -> str:
        # The plan of an earlier case could be mistaken for this one's.
        self._plan.unlink(missing_ok=True)
        own = (str(LIBRARY) if flag == LIBRARY.name else flag for flag in case.flags)
        flags = ("--json", "--show-sames", "--save-plan", str(self._plan), *own)
        world = self.rehearsal.world
        done = subprocess.run(
            [str(world.pulumi), "preview", "-s", case.base, "--non-interactive", *flags],
            cwd=self.rehearsal.directory,
            env={**world.environment(), "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": case.streaming},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.stdout

    @property
    def _plan(self) -> Path:
        return self.rehearsal.directory / "plan.json"

    def _kept(self, case: Case, preview: str) -> Recording:
        shutil.rmtree(case.folder, ignore_errors=True)
        case.folder.mkdir(parents=True)
        case.environment.write_text(self._same(self._environment(case.base).read_text()))
        documents = [preview] if case.document else preview.splitlines()
        kept = [each for each in map(json.loads, documents) if not _says_nothing(each, case)]
        plan = json.loads(self._plan.read_text()) if self._plan.exists() else None
        kept, plan = json.loads(self._same(json.dumps(_of_any_run([kept, plan]))))
        return Recording(kept, plan).labeled()

    def _same(self, text: str) -> str:
        """Replace what differs in each recording with a fixed text."""
        text = text.replace(str(self.rehearsal.directory), "/project")
        text = text.replace(str(PROJECT), "/project")
        text = text.replace(f":{self.rehearsal.world.heroku.port}", ":5050")
        text = MADE_NAME.sub("0a1b2c3", TIME.sub(RECORDED, text))
        return CIPHERTEXT.sub("v1:AAAAAAAAAAAAAAAA:AAAA", text)

    def _succeed(self, *arguments: str) -> None:
        done = self.rehearsal.pulumi(*arguments)
        assert done.exit_code == 0, done.output

    def _heroku(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        """Make a call to Heroku behind the engine's back."""
        world = self.rehearsal.world
        key = b64encode(f":{world.api_key_file.read_text()}".encode()).decode()
        headers = {
            "Accept": "application/vnd.heroku+json; version=3",
            "Authorization": f"Basic {key}",
            "Content-Type": "application/json",
        }
        connection = http.client.HTTPConnection("127.0.0.1", world.heroku.port)
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        assert answer.status < 300, answer.read()
        connection.close()


def _says_nothing(event: dict[str, Any], case: Case) -> bool:
    """Return whether to drop an event: a debug note, or outputs that are not of a refresh."""
    noted = event.get("diagnosticEvent", {}).get("severity") == "debug"
    return noted or ("resOutputsEvent" in event and "--refresh" not in case.flags)


def _of_any_run(document: Any) -> Any:
    if isinstance(document, list):
        return [_of_any_run(each) for each in document]
    if isinstance(document, dict):
        return {
            key: _of_any_run(value) for key, value in document.items() if key not in OF_THIS_RUN
        }
    return document


def main(wanted: Iterable[str]) -> None:
    bases, cases = load()
    chosen = set(wanted) or {case.name for case in cases}
    with tempfile.TemporaryDirectory() as directory:
        recorder = Recorder(Path(directory) / "shop")
        try:
            for base in bases:
                _record(recorder, base, [case for case in cases if case.base == base.name], chosen)
        finally:
            recorder.end()


def _record(recorder: Recorder, base: Base, cases: Iterable[Case], chosen: set[str]) -> None:
    """Record the chosen cases of a base, and store all its cases, because they share content."""
    recordings = []
    for case in cases:
        if case.name in chosen:
            recordings.append((case, recorder.record(base, case)))
            print(case.name, flush=True)
        elif case.preview.exists():
            recordings.append((case, Recording.stored(case)))
    for file, text in files(base.name, recordings):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
