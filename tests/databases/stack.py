"""A stack with a site and a database with rows, which commands move as an operator would."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.databases.world import QUERIES, ROWS
from tests.e2e.rehearsal import Done, Rehearsal
from tests.review.world import ReviewWorld

ENVIRONMENT = """
config:
  shop:account: ops@acme.example
  shop:app: {name: acme-small, source: site, buildpacks: [heroku/python]}
  shop:formation:
    web: {size: standard-1x, quantity: 1}
    worker: {size: standard-1x, quantity: 1}
  # The comment stays.
  shop:postgres:
    plan: essential-1  # for now
    version: "17"
    attachments: [REPORTS]
"""
SITE = {
    "Procfile": "web: python -m http.server $PORT\nworker: sleep 1000000\n",
    "requirements.txt": "# none\n",
}
BASE = "base"
SITE_SECONDS = 60


class MovedStack(ReviewWorld):
    """The stack `small`, whose site is up and whose database has rows."""

    @classmethod
    def create(cls, directory: Path, rows: int) -> MovedStack:
        world = cls(Rehearsal(directory, warm=True))
        for name, text in SITE.items():
            path = directory / "site" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        world.file.write_text(ENVIRONMENT)
        for command in (["toolchain"], ["local", "start"]):
            done = world.rehearsal.dynostack(*command)
            assert done.exit_code == 0, done.output
        done = world.rehearsal.pulumi("stack", "init", "small", "--no-select")
        assert done.exit_code == 0, done.output
        world.up()
        world.sql("postgres", ROWS.read_text().replace(":count", str(rows)))
        world.snapshot(BASE)
        return world

    def forget(self) -> None:
        """Remove the records of moves, as on another machine."""
        for record in self.rehearsal.directory.glob(".dynostack/moves/*/*.json"):
            record.unlink()

    def begin(self) -> None:
        """Restore everything as it was after the first update, and ask for the other plan."""
        self.forget()
        self.restore(BASE)
        self.edit("plan: essential-1", "plan: standard-0")

    def move(self, *options: str) -> Done:
        return self.run("postgres", "move", self.stack, *options)

    def killed(self, line: str, seconds: float, *options: str) -> str:
        """Start a move, and kill it some time after a line of progress that begins like this.

        Returns:
            The last line that it printed.
        """
        process = self.started("postgres", "move", self.stack, "--yes", *options)
        assert process.stderr
        last = ""
        for text in process.stderr:
            last = text.strip()
            if last.removeprefix("==> ").startswith(line):
                time.sleep(seconds)
                break
        process.kill()
        process.wait()
        process.stderr.close()
        return last

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the add-ons in the state, by their names in the program."""
        state = json.loads(self.rehearsal.state_file(self.stack).read_text())
        return {
            each["urn"].rpartition("::")[2]: each
            for each in state["checkpoint"]["latest"]["resources"]
            if each["type"] == "heroku:addon/addon:Addon"
        }

    @property
    def declared(self) -> dict[str, Any]:
        """Return the file's section."""
        return dict(yaml.safe_load(self.file.read_text())["config"]["shop:postgres"])

    @property
    def attached(self) -> dict[str, str]:
        """Return the add-on of each attachment that somebody named."""
        found = self.heroku("GET", f"/apps/{self.app}/addon-attachments")
        named = [each for each in found if not each["name"].startswith("HEROKU_")]
        return {each["name"]: each["addon"]["name"] for each in named}

    def contents(self) -> list[Any]:
        """Return what a program of the test's own finds behind DATABASE_URL."""
        url = self.heroku("GET", f"/apps/{self.app}/config-vars")["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            return [connection.execute(query.encode()).fetchall() for query in QUERIES]

    def check_moved(self, contents: list[Any]) -> None:
        """Check that everything is on the new database, and that nothing is left to do."""
        new = self.resources["postgres"]["outputs"]["name"]
        assert self.attached == {"DATABASE": new, "REPORTS": new}
        assert self.contents() == contents
        assert self.rehearsal.page(self.app)[0] == 200
        assert {each["type"]: each["state"] for each in self.dynos} == {"web": "up", "worker": "up"}
        assert not self.heroku("GET", f"/apps/{self.app}")["maintenance"]
        assert len(self.heroku("GET", f"/apps/{self.app}/addons")) == 2
        self.check_nothing_changes()

    def wait_for_site(self) -> None:
        deadline = time.monotonic() + SITE_SECONDS
        while self.rehearsal.page(self.app)[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.1)

    def check_nothing_changes(self) -> None:
        review = self.review()
        assert [review[each] for each in ("changes", "drift", "findings", "errors")] == [[]] * 4
        preview = self.rehearsal.pulumi("preview", "-s", self.stack, "--expect-no-changes")
        assert preview.exit_code == 0, preview.output

    @property
    def dynos(self) -> list[Any]:
        return list(self.heroku("GET", f"/apps/{self.app}/dynos"))

    def passwords(self) -> set[str]:
        """Return the passwords of the app's databases."""
        variables = self.heroku("GET", f"/apps/{self.app}/config-vars").values()
        return {value.split(":")[2].partition("@")[0] for value in variables if "://" in value}


def processes(word: str) -> list[str]:
    """Return the command lines of running processes that contain a word."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if word in line]
