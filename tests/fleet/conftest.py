"""Stacks of two accounts on one local Heroku, for the tests of commands for several stacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dynostack.inventory.keys import key_variable
from dynostack.inventory.platform_api import PlatformApi
from tests.e2e.rehearsal import Done, Rehearsal
from tests.review.world import COMMAND

OPS, DEV, NOBODY = "ops@acme.example", "dev@acme.example", "nobody@acme.example"
STACKS = {"alpha": OPS, "beta": DEV, "gamma": OPS}
ENVIRONMENT = """\
config:
  shop:account: {account}
  shop:app: {{ name: acme-{stack}, configVars: {{ GREETING: hello }} }}
"""


@dataclass(frozen=True)
class Fleet:
    """A project with three stacks, whose accounts have a key in a variable of their own."""

    rehearsal: Rehearsal
    keys: dict[str, str]
    """Account -> its API key."""

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of a shell that has a key for each account, and no other key."""
        own = {key_variable(account): key for account, key in self.keys.items()}
        return {**self.rehearsal.world.variables(), "HEROKU_API_KEY": "", **own}

    def run(self, *arguments: str, **changed: str) -> Done:
        return self.rehearsal.dynostack(*arguments, **{**self.variables, **changed})

    def file(self, stack: str) -> Path:
        return self.rehearsal.directory / f"Pulumi.{stack}.yaml"

    def write(self, stack: str, greeting: str = "hello", account: str = "") -> None:
        account = account or STACKS.get(stack, NOBODY)
        text = ENVIRONMENT.format(account=account, stack=stack.strip("-"))
        self.file(stack).write_text(text.replace("hello", greeting))

    def reviews(self, *arguments: str, **changed: str) -> tuple[int, dict[str, Any]]:
        """Return the exit code of a review of several stacks, and its document."""
        out = self.rehearsal.directory / "reviews.json"
        done = self.run("review", *arguments, "--format", "json", "--out", str(out), **changed)
        return done.exit_code, json.loads(out.read_text())

    def digests(self, *stacks: str) -> list[str]:
        """Return the options --reviewed with the digests of new reviews."""
        reviews = self.reviews(*stacks)[1]["reviews"]
        return [f"--reviewed={each['stack']}={each['digest']}" for each in reviews]

    def apps(self) -> list[dict[str, Any]]:
        """Return the apps of both accounts, read with each account's own key."""
        found: list[dict[str, Any]] = []
        for account in self.keys:
            found += map(dict, self.heroku(account).listing("/users/~/apps"))
        return found

    def heroku(self, account: str) -> PlatformApi:
        """Return the local Heroku with the key of an account."""
        return PlatformApi(self.rehearsal.world.heroku.url, self.keys[account])

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `dynostack` as a process that can be interrupted."""
        return subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, self.rehearsal.python, *arguments],
            cwd=self.rehearsal.directory,
            env={**os.environ, **self.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def slow(self, route: str) -> Iterator[None]:
        """Make a route slow within the context, to leave time for an interrupt."""
        control = self.rehearsal.server.control
        control("POST", "/faults", {"kind": "latency", "route": route, "options": {"seconds": 3}})
        try:
            yield
        finally:
            control("DELETE", "/faults")

    def locks(self) -> list[Path]:
        """Return the lock files of all stacks."""
        return list(self.rehearsal.world.state.glob(".pulumi/locks/**/*.json"))


@pytest.fixture(scope="session")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("fleet") / "shop", warm=True)
    for file in rehearsal.directory.glob("Pulumi.*.yaml"):
        file.unlink()
    for command in (["toolchain"], ["local", "start"]):
        assert rehearsal.dynostack(*command).exit_code == 0, rehearsal.transcript
    keys = {email: rehearsal.server.key_of(email) for email in (OPS, DEV)}
    fleet = Fleet(rehearsal, keys)
    for stack in STACKS:
        fleet.write(stack)
        done = rehearsal.pulumi("stack", "init", stack, "--no-select")
        assert done.exit_code == 0, done.output
    yield fleet
    rehearsal.end()


@pytest.fixture
def fleet(brought_up: Fleet) -> Iterator[Fleet]:
    """Yield the fleet, and remove the test's changes of the files afterwards."""
    files = {file: file.read_bytes() for file in brought_up.rehearsal.directory.glob("Pulumi.*")}
    yield brought_up
    for file in brought_up.rehearsal.directory.glob("Pulumi.*"):
        if file not in files:
            file.unlink()
    for file, content in files.items():
        file.write_bytes(content)
