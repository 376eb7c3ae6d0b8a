"""A small but complete environment that is updated repeatedly on a failing Heroku."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from dynostack.engine.stacks import PulumiProject
from dynostack.errors import LocalError
from localheroku.addons.lookup import working_below
from localheroku.addons.memcached import Memcached
from tests.e2e.rehearsal import Done, Rehearsal
from tests.e2e.test_1_up import psql

SOAK = "DYNOSTACK_SOAK" in os.environ
APP = "acme-shop-local"
ENVIRONMENT = f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: {APP}
    region: us
    stack: heroku-24
    configVars: {{GREETING: hello, FAREWELL: bye}}
    buildpacks: [heroku/python]
    source: site
  shop:formation: {{web: {{size: basic, quantity: 1}}}}
  shop:postgres: {{plan: essential-0, version: "17", attachments: [REPORTS], protect: false}}
  shop:memcached: {{service: memcachier, plan: dev}}
  shop:addons: {{logs: {{plan: "papertrail:choklad"}}}}
  shop:collaborators: [{{email: dev@acme.example}}]
  shop:domains: [www.acme.example]
  shop:features: {{http-session-affinity: true}}
  shop:drains: {{archive: "http://127.0.0.1:9/"}}
  shop:pipeline: {{create: true, name: shop, stage: staging}}
encryptionsalt: v1:LU091J1ZcG4=:v1:/I+5pdhvNedLXt65:57nhulhyZR32jGq8rPCFZNJvPtilXg==
"""
OWN = ("FAREWELL", "GREETING")
REMOVED = ("addons", "collaborators", "domains", "drains", "memcached", "pipeline")
CHANGED = {
    "GREETING: hello, FAREWELL: bye": "GREETING: good day",
    "[heroku/python]": "[heroku/python, heroku/procfile]",
    "size: basic": "size: standard-1x",
    "attachments: [REPORTS], ": "",
    "http-session-affinity: true": "http-session-affinity: false",
}
SERVES = "http.server"
SITE = {"Procfile": f"web: python -m {SERVES} $PORT\n", "requirements.txt": "# none\n"}
MOST_CALLS = 60
"""More calls than any update of this environment makes, so that a broken test ends."""
LOG_SIZE = 4000
SETTLE_SECONDS = 30.0
"""How long until only the dynos of the last release run."""

TOLD = {
    "/apps": "name",
    "/pipelines": "name",
    "/pipeline-couplings": "stage",
    "/apps/{app}/addons": "plan.name",
    "/apps/{app}/addon-attachments": "name",
    "/apps/{app}/collaborators": "user.email",
    "/apps/{app}/domains": "hostname",
    "/apps/{app}/log-drains": "url",
    "/apps/{app}/dynos": "state",
}
WHOLE = {
    "/apps": [APP],
    "/pipelines": ["shop"],
    "/pipeline-couplings": ["staging"],
    "/apps/{app}/addons": [
        "heroku-postgresql:essential-0",
        "memcachier:dev",
        "papertrail:choklad",
    ],
    "/apps/{app}/addon-attachments": ["DATABASE", "MEMCACHIER", "PAPERTRAIL", "REPORTS"],
    "/apps/{app}/collaborators": ["dev@acme.example", "ops@acme.example"],
    "/apps/{app}/domains": [f"{APP}.localhost", "www.acme.example"],
    "/apps/{app}/log-drains": ["http://127.0.0.1:9/"],
    "/apps/{app}/dynos": ["up"],
    "config vars": ["FAREWELL=bye", "GREETING=hello"],
    "databases": ["own"],
    "caches": ["memcached"],
    "processes": [SERVES],
}
LESS = {
    **WHOLE,
    "/pipelines": [],
    "/pipeline-couplings": [],
    "/apps/{app}/addons": ["heroku-postgresql:essential-0"],
    "/apps/{app}/addon-attachments": ["DATABASE"],
    "/apps/{app}/collaborators": ["ops@acme.example"],
    "/apps/{app}/domains": [f"{APP}.localhost"],
    "/apps/{app}/log-drains": [],
    "config vars": ["GREETING=good day"],
    "caches": [],
}
WITHOUT_BUILD: dict[str, list[str]] = {"/apps/{app}/dynos": [], "processes": []}
BUILT = ("source:", "shop:formation:")


@dataclass(frozen=True)
class Change:
    """A change to make: from a snapshot to an environment, with everything that exists then."""

    start: str
    lines: Sequence[str]
    there: Mapping[str, list[str]]

    def without_build(self) -> Change:
        lines = [line for line in self.lines if not line.strip().startswith(BUILT)]
        return Change(self.start, lines, {**self.there, **WITHOUT_BUILD})


def _reduced() -> list[str]:
    text = ENVIRONMENT
    for old, new in CHANGED.items():
        assert old in text
        text = text.replace(old, new)
    parts = tuple(f"shop:{part}:" for part in REMOVED)
    return [line for line in text.splitlines() if not line.strip().startswith(parts)]


GROWTH = Change("empty", ENVIRONMENT.splitlines(), WHOLE)
REDUCTION = Change("whole", _reduced(), LESS)


class Breakable(Rehearsal):
    """The environment's project; `begin` restores the state before an update."""

    app = APP
    growth = GROWTH
    """The change from nothing to everything."""

    def __init__(self, directory: Path, *, builds: bool) -> None:
        super().__init__(directory, warm=True)
        self._builds = builds
        for file, text in SITE.items():
            path = directory / "site" / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self._aim(self.growth)
        self._must(self.dynostack("toolchain"))
        self.server.start()
        PulumiProject(self.world).create_stacks("local")
        if builds:
            self._make_packages()
        self._must(self.dynostack("local", "snapshot", self.growth.start))

    def _aim(self, change: Change) -> None:
        self._change = change if self._builds else change.without_build()
        (self.directory / "Pulumi.local.yaml").write_text("\n".join(self._change.lines))

    def _make_packages(self) -> None:
        """Create the packages with a first, slow build, so that later ones reuse them."""
        self._must(self.up())
        self._must(self.pulumi("destroy", "-s", "local", "--yes"))

    def begin(self, change: Change | None = None) -> None:
        change = change or self.growth
        if change is not self.growth and not self._has(change.start):
            self.begin()
            self._must(self.up())
            self._must(self.dynostack("local", "snapshot", change.start))
        self._aim(change)
        self._must(self.dynostack("local", "restore", change.start))
        self.server.control("PATCH", "/recorder", {"on": True})

    def _has(self, snapshot: str) -> bool:
        return snapshot in [one["name"] for one in self.server.control("GET", "/snapshots")]

    def break_at(self, kind: str, call: int) -> None:
        """Inject this fault into the call of that number, counted from now on and from 1."""
        self.server.control("POST", "/faults", {"kind": kind, "call": call, "count": 1})

    def lose_an_answer(self, kind: str, route: str) -> None:
        """Inject this fault into the next call of that route."""
        self.server.control("POST", "/faults", {"kind": kind, "route": route, "count": 1})

    def struck(self) -> bool:
        """Return whether a fault was hit since it was set."""
        return any(fault["struck"] for fault in self.server.control("GET", "/faults"))

    def clear_faults(self) -> list[dict[str, Any]]:
        """Clear all faults and return them."""
        faults: list[dict[str, Any]] = self.server.control("DELETE", "/faults")
        return faults

    def up(self) -> Done:
        return self.pulumi("up", "-s", "local", "--yes", "--skip-preview")

    def converge(self) -> None:
        """Check that the next update finishes the work, with nothing duplicated or left over."""
        done = self._must(self.up())
        preview = self.pulumi("preview", "-s", "local", "--expect-no-changes")
        assert preview.exit_code == 0, f"{done.output}\n{preview.output}"
        deadline = time.monotonic() + SETTLE_SECONDS
        while (there := self.there()) != self._change.there and time.monotonic() < deadline:
            time.sleep(0.1)
        assert there == self._change.there

    def there(self) -> dict[str, list[str]]:
        """Return everything countable: from the API, in the database server, and of processes."""
        names = {path: sorted(self._told(path, name)) for path, name in TOLD.items()}
        variables = self.heroku(f"/apps/{self.app}/config-vars")
        url = variables.get("DATABASE_URL", "")
        return {
            **names,
            "config vars": sorted(f"{k}={v}" for k, v in variables.items() if k in OWN),
            "databases": databases(url) if url else [],
            "caches": [
                "memcached"
                for _ in working_below(Memcached.PROGRAMS, self.world.heroku_data / "memcachier")
            ],
            "processes": [SERVES for _ in serving(url)],
        }

    def found(self, path: str) -> Any:
        """Return the resource at the path, None if there is none."""
        try:
            return self.heroku(path)
        except LocalError as error:
            if str(error).endswith(": 404)"):
                return None
            raise

    def _told(self, path: str, name: str) -> Iterator[str]:
        for item in self.heroku(path.format(app=self.app)):
            for part in name.split("."):
                item = item[part]
            yield item

    def _must(self, done: Done) -> Done:
        assert done.exit_code == 0, f"{done.output}\n{self.server.log.read_text()[-LOG_SIZE:]}"
        return done


def break_each(
    sample: Iterable[int], subtests: pytest.Subtests, breaks: Callable[[int], bool]
) -> None:
    """Break every call, or those of a sample; a failing one does not end the loop."""
    missed = False
    for call in range(1, MOST_CALLS) if SOAK else sample:
        with subtests.test(call=call):
            missed = not breaks(call)
            assert SOAK or not missed
        if missed:
            break
    assert missed or not SOAK, f"after {MOST_CALLS} calls there are more"


def databases(url: str) -> list[str]:
    """Return what the server of this database has beyond a new server."""
    query = (
        "SELECT CASE WHEN datname = current_database() THEN 'own' ELSE datname END"
        " FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
    )
    command = [str(psql()), "--no-psqlrc", "-At", "-c", query, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def serving(url: str) -> Iterator[psutil.Process]:
    """Return the processes of dynos that have this database."""
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            serves = SERVES in (process.info["cmdline"] or ())
            if serves and process.environ().get("DATABASE_URL") == url:
                yield process
