"""A runner of workflows on this machine: it runs the shell of every step as GitHub's does.

Steps that check out, install a Python, or cache, are replaced: the runner checks out the commit,
and a program `python` in place of the real one makes virtual environments without an installation.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dynostack.scaffold.github_workflows import REPOSITORY
from tests import warm
from tests.actions.expressions import Contexts, filled, value
from tests.actions.own_workflows import ROOT

REPLACED = ("actions/checkout", "actions/setup-python", "actions/cache")
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell"""
PYTHON = """\
#!/bin/sh
# usage: python -m pip cache dir | python -m venv FOLDER | python -m pip install ... | python ...
case "$*" in
"-m pip cache dir") echo {cache} ;;
"-m venv "*)
    # Never write into an environment that something else made, such as one behind a link.
    if [ -e "$3" ] && [ ! -e "$3/made-by-the-runner" ]; then exit 1; fi
    mkdir -p "$3/bin"
    touch "$3/made-by-the-runner"
    ln -sf {python} "$3/bin/python"
    ln -sf {dynostack} "$3/bin/dynostack" ;;
*" pip "*) echo "$*" >> {installed} ;;
*) exec {real} "$@" ;;
esac
"""


@dataclass(frozen=True)
class Event:
    """What starts a workflow."""

    name: str
    sha: str
    """The commit that is checked out."""
    ref: str = "refs/heads/main"
    payload: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """Runs the workflows of one repository."""

    root: Path
    """The checkout, which is the workspace of every job."""
    temporary: Path
    variables: Mapping[str, str]
    """The environment variables of the machine."""
    secrets: Mapping[str, str]
    vars: Mapping[str, str]
    log: str = ""
    steps: list[str] = field(default_factory=list)
    """The names of all steps that ran, each behind that of its workflow or action."""

    def __post_init__(self) -> None:
        folder = self.temporary / "programs"
        folder.mkdir(parents=True)
        words = {
            "cache": self.temporary / "pip",
            "python": folder / "python",
            "dynostack": warm.dynostack(),
            "installed": self.installed,
            "real": sys.executable,
        }
        text = PYTHON.format(**{name: shlex.quote(str(each)) for name, each in words.items()})
        (folder / "python").write_text(text)
        (folder / "python").chmod(0o755)

    @property
    def installed(self) -> Path:
        """Return the file with the arguments of each installation by pip."""
        return self.temporary / "installed"

    @property
    def summary(self) -> Path:
        return self.temporary / "summary"

    def run(self, event: Event) -> dict[str, int | None]:
        """Run the workflows that an event starts.

        Returns:
            Job -> the exit code of its first step that failed, 0, or None if it was skipped.
        """
        git = ("git", "-C", str(self.root), "checkout", "--quiet", "--detach", event.sha)
        subprocess.run(git, check=True)
        results: dict[str, int | None] = {}
        for file in sorted((self.root / ".github/workflows").glob("*.yml")):
            workflow = yaml.safe_load(file.read_text())
            # YAML 1.1 reads the key `on` as true.
            if event.name in workflow[True]:
                for name, job in workflow["jobs"].items():
                    results[name] = self._job(file.stem, job, event, results)
        return results

    def _job(
        self, workflow: str, job: Mapping[str, Any], event: Event, done: Mapping[str, int | None]
    ) -> int | None:
        payload = {"repository": {"full_name": "acme/shop"}, **event.payload}
        contexts = {
            "github": {
                "event": payload,
                "event_name": event.name,
                "ref": event.ref,
                "repository": "acme/shop",
                "sha": event.sha,
                "token": self.secrets["GITHUB_TOKEN"],
            },
            "inputs": event.inputs,
            "secrets": self.secrets if "environment" in job else {},
            "vars": self.vars,
        }
        needed = job.get("needs")
        if (needed and done[needed] != 0) or not value(job.get("if", "'yes'"), contexts):
            return None
        folder = self.temporary / "job"
        # A job has a machine of its own, which has no review of another job.
        for each in (folder, *self.root.glob("*/.dynostack/reviews"), *self.root.glob("*/.venv")):
            shutil.rmtree(each, ignore_errors=True)
        folder.mkdir()
        return self._steps(workflow, job["steps"], contexts, {})

    def _steps(
        self,
        where: str,
        steps: list[dict[str, Any]],
        contexts: Contexts,
        variables: Mapping[str, str],
    ) -> int:
        outputs: dict[str, Any] = {}
        contexts = {**contexts, "steps": outputs, "runner": {"os": "Linux", "arch": "X64"}}
        for step in steps:
            if not value(step.get("if", "'yes'"), contexts):
                continue
            own = {name: filled(text, contexts) for name, text in step.get("env", {}).items()}
            code, found = self._step(where, step, contexts, {**variables, **own})
            outputs[step.get("id", "")] = {"outputs": found}
            if code:
                return code
        return 0

    def _step(
        self, where: str, step: dict[str, Any], contexts: Contexts, variables: Mapping[str, str]
    ) -> tuple[int, dict[str, str]]:
        given = {name: filled(text, contexts) for name, text in step.get("with", {}).items()}
        if "run" in step:
            self.steps.append(f"{where}: {step.get('name', step['run'])}")
            return self._shell(where, step, contexts, variables)
        action = step["uses"].partition("@")[0]
        if action in REPLACED:
            assert "" not in (given.get("key"), given.get("path"))
            return 0, {"python-version": given.get("python-version", "")}
        name = action.removeprefix(f"{REPOSITORY}/actions/")
        definition = yaml.safe_load((ROOT / f"actions/{name}/action.yml").read_text())
        inputs = {
            key: given.get(key) if key in given else filled(about.get("default", ""), contexts)
            for key, about in definition["inputs"].items()
        }
        # An action sees no secrets and no variables of its repository.
        seen = {"github": contexts["github"], "inputs": inputs}
        return self._steps(name, definition["runs"]["steps"], seen, variables), {}

    def _shell(
        self, where: str, step: dict[str, Any], contexts: Contexts, variables: Mapping[str, str]
    ) -> tuple[int, dict[str, str]]:
        output = self.temporary / "output"
        output.write_text("")
        done = subprocess.run(
            [*SHELL, step["run"]],
            cwd=self.root / filled(step.get("working-directory", "."), contexts),
            env={
                **self.variables,
                "PATH": f"{self.temporary / 'programs'}{os.pathsep}{self.variables['PATH']}",
                "GITHUB_ACTION_PATH": str(ROOT / "actions" / where),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_REF": contexts["github"]["ref"],
                "GITHUB_REPOSITORY": "acme/shop",
                "GITHUB_SHA": contexts["github"]["sha"],
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_WORKSPACE": str(self.root),
                "RUNNER_TEMP": str(self.temporary / "job"),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += done.stdout
        return done.returncode, dict(_pairs(output.read_text()))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, _, content = line.partition("=")
        yield name, content
