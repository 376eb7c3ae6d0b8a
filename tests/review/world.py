"""A rehearsal for the tests of review and apply."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.e2e.rehearsal import Done, Rehearsal

ENVIRONMENT = """
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-small
    configVars: {GREETING: planted-plain-config-var}
  shop:postgres: {plan: essential-0, protect: false}
  shop:memcached: {plan: dev}
  shop:collaborators: [{email: dev@acme.example}]
"""
COMMAND = """
import sys
sys.executable = sys.argv.pop(1)
from dynostack.cli.commands import main
main()
"""
"""A process of its own for `dynostack`, whose plugins run where the world's plugins run."""


class ReviewWorld:
    """A rehearsal with one stack, whose app is called acme-<stack>."""

    def __init__(self, rehearsal: Rehearsal, stack: str = "small") -> None:
        self.rehearsal = rehearsal
        self.stack = stack
        self.said: list[str] = []

    @property
    def file(self) -> Path:
        return self.rehearsal.directory / f"Pulumi.{self.stack}.yaml"

    @property
    def app(self) -> str:
        return f"acme-{self.stack}"

    def write(self, environment: dict[str, Any]) -> None:
        self.file.write_text(yaml.safe_dump(environment, sort_keys=False))

    def edit(self, old: str, new: str) -> None:
        self.rehearsal.edit(self.file.name, old, new)

    def set(self, section: str, value: Any) -> None:
        """Write a section of the environment's file; None removes it."""
        environment = yaml.safe_load(self.file.read_text())
        environment["config"][f"shop:{section}"] = value
        if value is None:
            del environment["config"][f"shop:{section}"]
        self.write(environment)

    def apply(self, *options: str, digest: str = "") -> Done:
        """Apply a digest, by default the one of a new review."""
        return self.run("apply", self.stack, "--reviewed", digest or self.digest(), *options)

    def up(self) -> None:
        """Update the stack without a review, for tests of what happens afterwards."""
        arguments = ("up", "-s", self.stack, "--yes", "--skip-preview")
        done = self.rehearsal.pulumi(*arguments)
        assert done.exit_code == 0, done.output

    def snapshot(self, name: str) -> None:
        """Save Heroku, the state and the environment's file under a name."""
        self.rehearsal.server.save_snapshot(name)
        shutil.copy(self.file, self._kept(name))

    def restore(self, name: str) -> None:
        """Restore Heroku, the state and the environment's file from a snapshot."""
        self.rehearsal.server.restore_snapshot(name)
        shutil.copy(self._kept(name), self.file)

    def _kept(self, name: str) -> Path:
        return self.rehearsal.directory / f"{self.file.name}.{name}"

    @property
    def written(self) -> tuple[bytes, int]:
        """Return the state and the number of write requests; both stay equal without a change."""
        writing = [each for each in self.rehearsal.calls() if each["method"] not in ("GET", "HEAD")]
        return self.rehearsal.state_file(self.stack).read_bytes(), len(writing)

    def run(self, *arguments: str) -> Done:
        done = self.rehearsal.dynostack(*arguments, **self.rehearsal.world.variables())
        self.said.append(done.output)
        return done

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `dynostack` as a process that is the engine's parent."""
        return subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, self.rehearsal.python, *arguments],
            cwd=self.rehearsal.directory,
            env={**os.environ, **self.rehearsal.world.variables()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def review(self, *flags: str) -> dict[str, Any]:
        out = self.rehearsal.directory / "review.json"
        done = self.run("review", self.stack, "--format", "json", "--out", str(out), *flags)
        assert done.exit_code in (0, 2, 3), done.output
        return dict(json.loads(out.read_text()))

    def digest(self) -> str:
        return str(self.review()["digest"])

    @contextmanager
    def slow(self, route: str) -> Iterator[None]:
        """Make a route slow within the context, to leave time for other calls in between."""
        control = self.rehearsal.server.control
        fault = {"kind": "latency", "route": route, "options": {"seconds": 3}}
        control("POST", "/faults", fault)
        try:
            yield
        finally:
            control("DELETE", "/faults")

    def heroku(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
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
        text = answer.read()
        connection.close()
        assert answer.status < 300, text
        return json.loads(text)

    def name_of(self, resource: str) -> str:
        """Return an add-on's name on Heroku."""
        state = json.loads(self.rehearsal.state_file(self.stack).read_text())
        return next(
            str(each["outputs"]["name"])
            for each in state["checkpoint"]["latest"]["resources"]
            if each["urn"].endswith(f"::{resource}") and each["type"] == "heroku:addon/addon:Addon"
        )

    def promote(self, database: str) -> None:
        """Point DATABASE_URL at a database, as `heroku pg:promote` does.

        The previous live database keeps an attachment with another name.
        """
        attachments = self.heroku("GET", f"/apps/{self.app}/addon-attachments")
        for each in attachments:
            if each["name"] == "DATABASE":
                self._attach({"addon": each["addon"]["name"]})
        self._attach({"addon": self.name_of(database), "name": "DATABASE", "confirm": self.app})

    def _attach(self, body: dict[str, str]) -> None:
        self.heroku("POST", "/addon-attachments", {**body, "app": self.app})

    def sql(self, database: str, statement: str) -> None:
        """Run a statement in a database."""
        addon = self.heroku("GET", f"/apps/{self.app}/addons/{self.name_of(database)}")
        url = self.heroku("GET", f"/apps/{self.app}/config-vars")[addon["config_vars"][-1]]
        with psycopg.connect(url) as connection:
            connection.execute(statement)

    @property
    def on_heroku(self) -> list[Any]:
        """Return everything about the app that a change could affect."""
        app = f"/apps/{self.app}"
        parts = ("", "/addons", "/config-vars", "/collaborators", "/domains", "/log-drains")
        return [self.heroku("GET", f"{app}{part}") for part in parts]

    def plan_of(self, service: str) -> str:
        addons = self.heroku("GET", f"/apps/{self.app}/addons")
        return next(
            str(each["plan"]["name"]) for each in addons if each["addon_service"]["name"] == service
        )
