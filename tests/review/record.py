"""Record previews of the real engine: `python -m tests.review.record [CASE...]`.

The engine runs against the local Heroku.  What differs between two recordings without meaning
(ids, times, the directory, the port) is written the same each time, so that a new recording shows
only what has changed.
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

from dynostack.review.redaction import UNKNOWN_MARKS
from tests.e2e.rehearsal import PROJECT, Rehearsal
from tests.review.cases import HERE, Base, Case, changed, load

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
CIPHERTEXT = re.compile(r"v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/=]+")
MADE_NAME = re.compile(r"(?<=[a-z]-)[0-9a-f]{7}\b")
OF_THIS_RUN = frozenset(
    {"sourcePosition", "stackTrace", "timestamp", "durationSeconds", "duration"}
)
RECORDED = "2026-11-22T16:00:00Z"


class Recorder:
    """One local world, in which every base is brought up once."""

    def __init__(self, directory: Path) -> None:
        self.rehearsal = Rehearsal(directory)
        shutil.copytree(HERE / "site", directory / "site")
        self.program = (directory / "__main__.py").read_text()
        self._up: set[str] = set()

    def record(self, base: Base, case: Case) -> None:
        self._ready(base)
        self._write(base, case)
        for method, path, *body in case.before:
            self._heroku(method, path, body[0] if body else None)
        self._keep(case, self._preview(case))
        if case.before and "--refresh" in case.flags:
            self._write(base, None)
            self._succeed("up", "-s", base.name, "--yes", "--refresh")

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
        # A plan that an earlier case left would be taken for this one's.
        self._plan.unlink(missing_ok=True)
        flags = ("--json", "--show-sames", "--save-plan", str(self._plan), *case.flags)
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

    def _keep(self, case: Case, preview: str) -> None:
        shutil.rmtree(case.folder, ignore_errors=True)
        case.folder.mkdir(parents=True)
        names = _Names(self.rehearsal)
        documents = [preview] if case.document else preview.splitlines()
        kept = (each for each in map(json.loads, documents) if not _says_nothing(each, case))
        lines = [json.dumps(_of_any_run(each)) for each in kept]
        case.preview.write_text(names.same("\n".join(lines) + "\n"))
        if self._plan.exists():
            plan = json.loads(self._plan.read_text())
            (case.folder / "plan.json").write_text(names.same(json.dumps(_of_any_run(plan)) + "\n"))
        environment = self._environment(case.base).read_text()
        case.environment.write_text(names.same(environment))

    def _succeed(self, *arguments: str) -> None:
        done = self.rehearsal.pulumi(*arguments)
        assert done.exit_code == 0, done.output

    def _heroku(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        """What somebody does on Heroku without telling the engine."""
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


class _Names:
    """What is another at each recording, written the same at each."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.directory = str(rehearsal.directory)
        self.port = f":{rehearsal.world.heroku.port}"
        self.ids: dict[str, str] = {}

    def same(self, text: str) -> str:
        text = text.replace(self.directory, "/project").replace(str(PROJECT), "/project")
        text = TIME.sub(RECORDED, text.replace(self.port, ":5050"))
        text = MADE_NAME.sub("0a1b2c3", text)
        text = CIPHERTEXT.sub("v1:AAAAAAAAAAAAAAAA:AAAA", text)
        return UUID.sub(self._id, text)

    def _id(self, match: re.Match[str]) -> str:
        if match[0] in UNKNOWN_MARKS:
            return match[0]
        number = len(self.ids) + 1
        return self.ids.setdefault(match[0], f"00000000-0000-4000-8000-{number:012}")


def _says_nothing(event: dict[str, Any], case: Case) -> bool:
    """What the language host notes for itself, and outputs that are not of a refresh."""
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
    chosen = [case for case in cases if case.name in set(wanted)] if wanted else cases
    with tempfile.TemporaryDirectory() as directory:
        recorder = Recorder(Path(directory) / "shop")
        try:
            for base in bases:
                for case in (each for each in chosen if each.base == base.name):
                    recorder.record(base, case)
                    print(f"{case.name}: {case.preview.stat().st_size} bytes", flush=True)
        finally:
            recorder.end()


if __name__ == "__main__":
    main(sys.argv[1:])
