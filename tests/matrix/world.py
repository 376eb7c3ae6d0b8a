"""The example's prod on a local Heroku, restored to a start before each change."""

from __future__ import annotations

import json
import shlex
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dynostack.engine.stacks import PulumiProject
from tests.e2e.rehearsal import PROJECT, Done, Rehearsal
from tests.matrix.changes import Change, Start
from tests.review.cases import changed

STACK = "prod"
APP = "acme-shop"
PIPELINES = ("storefront", "warehouse")
"""Pipelines that no stack owns; in changes.yaml, ${storefront} is the id of one."""
OWN, OWN_PIPELINE = "${own}", "shop"
"""The mark of the pipeline that the stack owns, and its name."""
EMPTY = "empty"
WORKER = "worker: sleep 1000000\n"
NO_DIGEST = "0" * 64
"""Applied if a review has no digest, because nothing could be applied."""
NO_REVIEW = {"digest": "", "changes": [], "unchanged": [], "findings": [], "errors": []}
SETTLE_SECONDS = 90.0
"""Seconds to wait for dynos that are about to restart, which still answer as before."""
OF_ALL = ("/apps", "/pipelines", "/pipeline-couplings", "/addons", "/addon-attachments")
OF_AN_APP = (
    *("buildpack-installations", "collaborators", "config-vars", "domains", "features"),
    *("formation", "log-drains", "releases"),
)


@dataclass(frozen=True)
class Begun:
    """A start that was brought up once."""

    file: str
    """The text of its environment's file."""
    answers: int
    """The status of its site."""


class MatrixWorld(Rehearsal):
    """One project and its local Heroku with the stack prod."""

    def __init__(self, directory: Path, starts: dict[str, Start]) -> None:
        super().__init__(directory, warm=True)
        self._starts = starts
        self._begun: dict[str, Begun] = {}
        self._at = ""
        """The start that everything is at; empty after an apply."""
        self._prepare_source()
        assert self.dynostack("toolchain").exit_code == 0, self.transcript
        self.server.start()
        PulumiProject(self.world).create_stacks(STACK)
        owner = {"id": self.heroku("/account")["id"], "type": "user"}
        self._ids = {
            f"${{{name}}}": str(
                self.server.post("/pipelines", {"name": name, "owner": owner})["id"]
            )
            for name in PIPELINES
        }
        self.must("local", "snapshot", EMPTY)

    def _prepare_source(self) -> None:
        """Give the example's site a second process, and create another source from it.

        A folder with the same files would be the same source.
        """
        site = self.directory / "examples/django"
        with (site / "Procfile").open("a") as procfile:
            procfile.write(WORKER)
        another = shutil.copytree(site, site.with_name("next"))
        (another / "NEWS").write_text("another source\n")

    @property
    def file(self) -> Path:
        """Return the path of the environment's file."""
        return self.directory / f"Pulumi.{STACK}.yaml"

    def must(self, *arguments: str) -> Done:
        """Run a `dynostack` command that succeeds, in a shell of the local world."""
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return done

    def run(self, *arguments: str) -> Done:
        """Run a `dynostack` command in a shell of the local world."""
        return self.dynostack(*arguments, **self.world.variables())

    def begin(self, start: str) -> Begun:
        """Bring everything to a start: restore its snapshot, or bring it up the first time."""
        if start in self._begun:
            if self._at != start:
                self.must("local", "restore", start)
            self.file.write_text(self._begun[start].file)
        else:
            self._begun[start] = self._bring_up(self._starts[start])
        self._at = start
        return self._begun[start]

    def _bring_up(self, start: Start) -> Begun:
        self.must("local", "restore", EMPTY)
        self._write(start.file(self._committed()), start.secret)
        self._succeed("up", "--stack", STACK, "--yes")
        begun = Begun(self.file.read_text(), self.settled_status(APP))
        self.must("local", "snapshot", start.name)
        return begun

    def stays_at(self, start: str) -> None:
        """Note that the last apply changed nothing, so that nothing has to be restored."""
        self._at = start

    def make(self, change: Change) -> None:
        """Write a change into the file of the current start."""
        self._write(changed(yaml.safe_load(self.file.read_text()), change.set), change.secret)

    def _committed(self) -> dict[str, Any]:
        return dict(yaml.safe_load((PROJECT / self.file.name).read_text()))

    def _write(self, environment: dict[str, Any], secret: dict[str, str]) -> None:
        text = yaml.safe_dump(environment, sort_keys=False)
        for mark, pipeline in self._ids.items():
            text = text.replace(mark, pipeline)
        if OWN in text:
            (own,) = (each for each in self.heroku("/pipelines") if each["name"] == OWN_PIPELINE)
            text = text.replace(OWN, own["id"])
        self.file.write_text(text)
        for path, value in secret.items():
            self._succeed(
                *("config", "set", "--stack", STACK, "--secret"),
                *("--path", f"shop:{path}", value),
            )

    def _succeed(self, *arguments: str) -> None:
        done = self.pulumi(*arguments)
        assert done.exit_code == 0, done.output

    def review(self) -> dict[str, Any]:
        """Return the review of the current file; only a refusal to review is an error."""
        out = self.directory / "review.json"
        out.unlink(missing_ok=True)
        done = self.run("review", STACK, "--format", "json", "--out", str(out))
        if out.exists():
            return dict(json.loads(out.read_text()))
        assert done.exit_code == 1, done.output
        return {**NO_REVIEW, "errors": [done.output]}

    def apply(self, review: dict[str, Any], *flags: str) -> Done:
        """Apply what a review showed."""
        self._at = ""
        digest = str(review["digest"] or NO_DIGEST)
        return self.run("apply", STACK, "--reviewed", digest, *flags)

    def everything(self) -> dict[str, Any]:
        """Return everything that an apply could change, on Heroku and in the state."""
        apps = [str(app["id"]) for app in self.heroku("/apps")]
        paths = [*OF_ALL, *(f"/apps/{app}/{part}" for app in apps for part in OF_AN_APP)]
        state = self.state_file(STACK).read_text()
        return {**{path: self.heroku(path) for path in paths}, "state": state}

    def settled_status(self, app: str) -> int:
        """Return the status of the site once all its dynos have started, or crashed."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            dynos = self.heroku(f"/apps/{app}/dynos")
            wanted = sum(each["quantity"] for each in self.heroku(f"/apps/{app}/formation"))
            settled = all(dyno["state"] not in ("starting", "down") for dyno in dynos)
            if settled and len(dynos) >= wanted:
                break
            time.sleep(0.1)
        return self.page(app)[0]

    def awaited_status(self, app: str, status: int) -> int:
        """Return the status of the site, after waiting for `status`."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (answer := self.settled_status(app)) != status and time.monotonic() < deadline:
            time.sleep(0.2)
        return answer


def consents(review: dict[str, Any]) -> list[str]:
    """Return the options of `dynostack apply` that give all confirmations of a review."""
    findings = [each for each in review["findings"] if each["severity"] == "block"]
    options = dict.fromkeys(each["consent"] for each in findings if each["consent"])
    return [word for option in options for word in shlex.split(option)]
